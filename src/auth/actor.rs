//! The person behind a request, and what their role permits in general.

use std::collections::HashSet;

use crate::kernel::id::{DepartmentId, EmployeeId, UserId};
use crate::kernel::lang::Lang;

/// What an account is for. Leading a department is a matter of memberships and dates, not of the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Sells: logs deals, sees their own figures.
    Salesperson,
    /// Production, delivery, customer service, marketing, product.
    Support,
    /// Leads departments; sees and sets goals for the people in them.
    Manager,
    /// Reads the whole company, sets goals anywhere.
    Executive,
    /// Second pair of eyes in sensitive cases; reads the organisation.
    Hr,
    /// Pays rewards; reads figures.
    Finance,
    /// Manages people, accounts, settings and imports.
    Admin,
}

impl Role {
    /// All roles, in the order they are offered.
    pub const ALL: [Self; 7] = [
        Self::Salesperson,
        Self::Support,
        Self::Manager,
        Self::Executive,
        Self::Hr,
        Self::Finance,
        Self::Admin,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Salesperson => "salesperson",
            Self::Support => "support",
            Self::Manager => "manager",
            Self::Executive => "executive",
            Self::Hr => "hr",
            Self::Finance => "finance",
            Self::Admin => "admin",
        }
    }

    /// Catalogue key of the role's name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Salesperson => "role-salesperson",
            Self::Support => "role-support",
            Self::Manager => "role-manager",
            Self::Executive => "role-executive",
            Self::Hr => "role-hr",
            Self::Finance => "role-finance",
            Self::Admin => "role-admin",
        }
    }

    /// Reads a stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role reads person-level figures of the whole company.
    pub const fn reads_everyone(self) -> bool {
        matches!(self, Self::Executive | Self::Finance | Self::Admin)
    }
}

/// Who asks. Loaded anew with every request, so that a changed role or a disabled account acts at once.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// The person in the organisation, if the account belongs to one.
    pub employee: Option<EmployeeId>,
    /// Name as shown.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// The account's role.
    pub role: Role,
    /// Departments led today, with everything below them.
    pub led: HashSet<DepartmentId>,
    /// Own department today and its name.
    pub department: Option<(DepartmentId, String)>,
    /// Chosen language.
    pub lang: Option<Lang>,
    /// Chosen theme, `light` or `dark`.
    pub theme: Option<&'static str>,
    /// Whether single-key shortcuts are on.
    pub shortcuts: bool,
    /// Notices not read yet; 0 for programs.
    pub unread: i64,
}

impl Actor {
    /// The installation itself: for work in the background, never for a request.
    pub(crate) fn system() -> Self {
        Self {
            user: UserId(0),
            employee: None,
            name: String::new(),
            email: String::new(),
            role: Role::Admin,
            led: HashSet::new(),
            department: None,
            lang: None,
            theme: None,
            shortcuts: false,
            unread: 0,
        }
    }

    /// Whether the actor leads a department today.
    pub fn leads(&self) -> bool {
        !self.led.is_empty()
    }

    /// Whether the actor leads `department`, itself or from above.
    pub fn leads_department(&self, department: DepartmentId) -> bool {
        self.led.contains(&department)
    }

    /// Whether the actor reads person-level figures of the whole company.
    pub fn reads_everyone(&self) -> bool {
        self.role.reads_everyone()
    }

    /// Whether the actor may log deals: an employee who sells, supports or leads.
    pub fn logs_deals(&self) -> bool {
        self.employee.is_some() && !matches!(self.role, Role::Hr | Role::Finance)
            || matches!(self.role, Role::Admin | Role::Executive)
    }

    /// Whether the actor administers the installation.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}
