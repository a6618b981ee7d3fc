//! Values every area speaks in. Imports no area.

pub mod basis;
pub mod calendar;
pub mod clock;
pub mod id;
pub mod lang;
pub mod money;
pub mod number;
pub mod period;
pub mod ratio;
pub mod remembered;
