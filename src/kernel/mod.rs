//! Values every area speaks in. Imports no area.

pub mod clock;
pub mod id;
pub mod lang;
