//! What is typed about a department, read into a valid draft.

use serde::Deserialize;

use super::{DepartmentKind, DepartmentView, NewDepartment};
use crate::kernel::id::DepartmentId;
use crate::org::forms::names;
use crate::web::form::FormErrors;
use crate::web::i18n::Localiser;
use crate::web::stale::{self, Clash};
use crate::web::ui::Choice;

/// What the form about a department sends.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub struct DepartmentForm {
    pub(super) code: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) parent: String,
    #[serde(default)]
    pub(super) version: i64,
}

impl DepartmentForm {
    /// The form as it stands for a department that exists.
    pub(super) fn of(department: &DepartmentView) -> Self {
        Self {
            code: department.code.clone(),
            name: department.name.clone(),
            kind: department.kind.code().to_owned(),
            parent: department.parent.map_or_else(String::new, |parent| parent.to_string()),
            version: department.version,
        }
    }

    /// Reads the fields, or notes their faults. The root stays the company; nothing else can become it.
    pub(super) fn read(&self, root: bool) -> Result<NewDepartment<'_>, FormErrors> {
        let mut errors = FormErrors::default();
        names(&mut errors, &[("code", &self.code), ("name", &self.name)]);
        let (mut kind, mut parent) = (Some(DepartmentKind::Company), None);
        if !root {
            let known = DepartmentKind::from_code(&self.kind).filter(|kind| *kind != DepartmentKind::Company);
            kind = errors.check("kind", known.ok_or("error-required"));
            let above = self.parent.parse::<DepartmentId>().map_err(|_| "org-parent-required");
            parent = errors.check("parent", above);
        }
        errors.or(kind.map(|kind| NewDepartment { code: &self.code, name: &self.name, kind, parent }))
    }

    /// Where the stored department differs from what was typed; parents by their names in `choices`.
    pub(super) fn clashes(
        &self,
        l: Localiser,
        department: &DepartmentView,
        choices: &[Choice],
    ) -> Vec<Clash> {
        let stored = Self::of(department);
        let name = |id: &str| {
            let known = choices.iter().find(|choice| choice.is(id));
            known.map_or_else(String::new, |choice| choice.label.trim().to_owned())
        };
        let kind =
            |code: &str| DepartmentKind::from_code(code).map_or_else(String::new, |kind| l.t(kind.label()));
        stale::clashes(
            l,
            &[
                ("org-code", &stored.code, &self.code),
                ("org-name", &stored.name, &self.name),
                ("org-kind", &kind(&stored.kind), &kind(&self.kind)),
                ("org-parent", &name(&stored.parent), &name(&self.parent)),
            ],
        )
    }
}
