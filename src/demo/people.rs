//! Who works at Nordhem Ventilation.

use crate::org::DepartmentKind;

/// A department of the demo company.
pub(super) struct Place {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: DepartmentKind,
    /// Code of the one above; nothing for those right below the company.
    pub(super) above: Option<&'static str>,
    /// Of sales departments.
    pub(super) sales: Option<SalesPlace>,
}

/// What a sales department sells where, and its goal.
#[derive(Clone, Copy)]
pub(super) struct SalesPlace {
    /// Region of its customers; nothing for the whole country.
    pub(super) region: Option<&'static str>,
    /// Revenue goal of the present quarter, thousands of SEK.
    pub(super) target: i64,
    /// An ordinary deal, thousands of SEK.
    pub(super) deal: i64,
}

/// How somebody came, moved or went. Everybody else was there before the history begins, and stays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// There all along.
    Steady,
    /// Came a month before the present quarter.
    New,
    /// Left at the end of the quarter before.
    Left,
    /// Came from this department in the middle of the quarter before.
    From(&'static str),
}

/// What somebody sells.
#[derive(Clone, Copy)]
pub(super) struct Quota {
    /// Revenue goal of the present quarter, thousands of SEK.
    pub(super) target: i64,
    /// How they stand against the required pace today, in permille.
    pub(super) pace: i64,
    /// New customers to win in the present quarter.
    pub(super) new_customers: i64,
    /// Service agreements to sell in the present quarter.
    pub(super) agreements: i64,
}

/// Somebody who works here.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Code of the department.
    pub(super) department: &'static str,
    pub(super) lead: bool,
    pub(super) course: Course,
    pub(super) quota: Option<Quota>,
}

impl Person {
    const fn staff(name: &'static str, department: &'static str, title: &'static str) -> Self {
        Self { name, title, department, lead: false, course: Course::Steady, quota: None }
    }

    const fn lead(name: &'static str, department: &'static str, title: &'static str) -> Self {
        Self { lead: true, ..Self::staff(name, department, title) }
    }

    const fn seller(
        name: &'static str,
        department: &'static str,
        (target, pace): (i64, i64),
        (new_customers, agreements): (i64, i64),
    ) -> Self {
        let quota = Quota { target, pace, new_customers, agreements };
        Self { quota: Some(quota), ..Self::staff(name, department, "Account manager") }
    }

    const fn course(self, course: Course) -> Self {
        Self { course, ..self }
    }
}

const fn place(code: &'static str, name: &'static str, kind: DepartmentKind) -> Place {
    Place { code, name, kind, above: None, sales: None }
}

const fn sales(
    code: &'static str,
    name: &'static str,
    region: Option<&'static str>,
    (target, deal): (i64, i64),
) -> Place {
    let sales = Some(SalesPlace { region, target, deal });
    Place { sales, ..place(code, name, DepartmentKind::Sales) }
}

/// Code of the company, as set-up names it.
pub(super) const COMPANY: &str = "COMPANY";

/// Every department below the company, those above first.
pub(super) const PLACES: &[Place] = &[
    sales("NORTH", "Sales North", Some("North"), (12_000, 78)),
    sales("SOUTH", "Sales South", Some("South"), (14_500, 78)),
    sales("WEST", "Sales West", Some("West"), (9_000, 82)),
    sales("AGREEMENTS", "Service agreements", None, (5_500, 30)),
    place("PRODUCTION", "Production", DepartmentKind::Production),
    Place { above: Some("PRODUCTION"), ..place("ASSEMBLY", "Assembly", DepartmentKind::Production) },
    Place { above: Some("PRODUCTION"), ..place("SHEET-METAL", "Sheet metal", DepartmentKind::Production) },
    place("DELIVERY", "Delivery", DepartmentKind::Delivery),
    place("SERVICE", "Customer service", DepartmentKind::Service),
    place("MARKETING", "Marketing", DepartmentKind::Marketing),
    place("PRODUCT", "Product", DepartmentKind::Product),
    place("HR", "HR", DepartmentKind::Hr),
    place("FINANCE", "Finance and IT", DepartmentKind::Finance),
];

/// Revenue goal of the company for the present quarter, thousands of SEK; a million more than its departments have.
pub(super) const COMPANY_TARGET: i64 = 42_000;

/// Everybody, by department.
pub(super) const PEOPLE: &[Person] = &[
    Person::lead("Anders Falk", COMPANY, "Chief executive officer"),
    Person::lead("Karin Lindqvist", "NORTH", "Sales manager"),
    Person::seller("Maja Öberg", "NORTH", (2_000, 1_181), (3, 9)),
    Person::seller("Johan Nyström", "NORTH", (1_800, 771), (3, 8)),
    Person::seller("Amira Haddad", "NORTH", (1_700, 1_065), (3, 8)),
    Person::seller("Elias Sandberg", "NORTH", (1_600, 1_163), (6, 10)),
    Person::seller("Oskar Wikström", "NORTH", (1_600, 947), (2, 7)).course(Course::From("SOUTH")),
    Person::seller("Linnea Forsberg", "NORTH", (1_500, 1_121), (3, 8)),
    Person::seller("Mikael Ekström", "NORTH", (1_400, 766), (2, 6)),
    Person::seller("Sofia Bergqvist", "NORTH", (800, 1_060), (3, 4)).course(Course::New),
    Person::seller("Peter Hedlund", "NORTH", (1_300, 1_000), (2, 6)).course(Course::Left),
    Person::lead("Henrik Åkesson", "SOUTH", "Sales manager"),
    Person::seller("Tove Hellgren", "SOUTH", (2_100, 1_167), (3, 9)),
    Person::seller("Rasmus Kjellberg", "SOUTH", (1_900, 1_136), (3, 8)),
    Person::seller("Ali Rahimi", "SOUTH", (1_800, 1_102), (2, 8)),
    Person::seller("Cecilia Norling", "SOUTH", (1_700, 1_030), (2, 8)),
    Person::seller("Marcus Ljung", "SOUTH", (1_600, 990), (2, 7)),
    Person::seller("Ingrid Palm", "SOUTH", (1_500, 880), (2, 7)),
    Person::seller("David Lindahl", "SOUTH", (1_400, 1_010), (2, 6)),
    Person::seller("Nadia Karlsson", "SOUTH", (1_300, 980), (2, 6)),
    Person::seller("Viktor Sjöholm", "SOUTH", (1_200, 1_000), (2, 5)),
    Person::lead("Johanna Berg", "WEST", "Sales manager"),
    Person::seller("Petra Dahl", "WEST", (2_400, 908), (3, 9)),
    Person::seller("Andreas Lund", "WEST", (2_100, 789), (3, 8)),
    Person::seller("Emma Rask", "WEST", (1_900, 748), (2, 7)),
    Person::seller("Filip Ström", "WEST", (1_700, 815), (2, 7)),
    Person::lead("Daniel Noor", "AGREEMENTS", "Manager, service agreements"),
    Person::seller("Helena Brandt", "AGREEMENTS", (1_300, 1_000), (1, 16)),
    Person::seller("Jonas Ekman", "AGREEMENTS", (1_200, 950), (1, 15)),
    Person::seller("Fatima Aziz", "AGREEMENTS", (1_100, 900), (1, 14)),
    Person::seller("Gustav Melin", "AGREEMENTS", (1_000, 970), (1, 12)),
    Person::seller("Lovisa Strand", "AGREEMENTS", (900, 830), (1, 11)),
    Person::lead("Lars-Erik Holm", "PRODUCTION", "Head of production"),
    Person::staff("Annika Rosén", "PRODUCTION", "Production planner"),
    Person::lead("Bengt Sundin", "ASSEMBLY", "Team leader"),
    Person::staff("Samuel Tesfaye", "ASSEMBLY", "Fitter"),
    Person::staff("Kristina Vik", "ASSEMBLY", "Fitter"),
    Person::staff("Robert Nyman", "ASSEMBLY", "Fitter"),
    Person::lead("Ulf Granberg", "SHEET-METAL", "Team leader"),
    Person::staff("Marek Nowak", "SHEET-METAL", "Sheet-metal worker"),
    Person::staff("Jenny Östlund", "SHEET-METAL", "Sheet-metal worker"),
    Person::staff("Stefan Wall", "SHEET-METAL", "Sheet-metal worker"),
    Person::lead("Sara Lind", "DELIVERY", "Head of delivery"),
    Person::staff("Mats Fridén", "DELIVERY", "Dispatcher"),
    Person::staff("Leila Hosseini", "DELIVERY", "Dispatcher"),
    Person::staff("Kent Björk", "DELIVERY", "Driver"),
    Person::lead("Yusuf Demir", "SERVICE", "Head of customer service"),
    Person::staff("Agnes Holmgren", "SERVICE", "Customer adviser"),
    Person::staff("Tobias Frisk", "SERVICE", "Customer adviser"),
    Person::staff("Mona Eliasson", "SERVICE", "Field technician"),
    Person::lead("Hanna Viklund", "MARKETING", "Head of marketing"),
    Person::staff("Simon Berggren", "MARKETING", "Campaign manager"),
    Person::staff("Alva Lindgren", "MARKETING", "Content editor"),
    Person::lead("Maria Sjögren", "PRODUCT", "Head of product"),
    Person::staff("Eva Norén", "PRODUCT", "Sales trainer"),
    Person::staff(SPECIALIST, "PRODUCT", "Product specialist"),
    Person::lead("Ylva Sandell", "HR", "Head of HR"),
    Person::staff("Erik Wallin", "HR", "HR partner"),
    Person::lead("Birgitta Ahl", "FINANCE", "Chief financial officer"),
    Person::staff("Patrik Svärd", "FINANCE", "Controller"),
    Person::staff("Nils Ahlgren", "FINANCE", "Systems administrator"),
];

/// Who helps with large deals and holds an overlay share in them.
pub(super) const SPECIALIST: &str = "Anton Ceder";

/// The address of a person: `elias.sandberg@nordhem.example`.
pub(super) fn email_of(name: &str) -> String {
    let lower = name.to_lowercase();
    let plain = lower.chars().map(|letter| match letter {
        'å' | 'ä' => 'a',
        'ö' => 'o',
        'é' => 'e',
        ' ' => '.',
        other => other,
    });
    format!("{}@nordhem.example", plain.collect::<String>())
}
