//! Who buys from Nordhem Ventilation: invented names of plausible places and trades.

use std::collections::HashMap;

use super::dice::Dice;

/// A customer to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Customer {
    pub(super) name: String,
    pub(super) segment: &'static str,
    pub(super) region: &'static str,
}

const ASSOCIATION: &str = "Housing association";
const MUNICIPALITY: &str = "Municipality";
const PROPERTY: &str = "Property company";
const HOTEL: &str = "Hotel";
const INDUSTRY: &str = "Industry";
const SCHOOL: &str = "School";
const BUILDER: &str = "Construction";
const SHOP: &str = "Retail";

/// Customers of Elias Sandberg, the first to be met in the north.
const KNOWN_NORTH: &[(&str, &str)] = &[
    ("Skellefteå Bostäder", PROPERTY),
    ("Umeå Fastigheter", PROPERTY),
    ("Brf Tallbacken", ASSOCIATION),
    ("Lycksele kommun", MUNICIPALITY),
    ("Hotell Pite Havsbad", HOTEL),
    ("Nolia Kongress", HOTEL),
    ("Vännäs Bygg", BUILDER),
    ("Robertsfors skola", SCHOOL),
    ("Brf Ankaret", ASSOCIATION),
    ("Norrlands Plåt", INDUSTRY),
    ("Obbola Livs", SHOP),
    ("Skellefteå Kraft", INDUSTRY),
];

/// Customers nobody has sold anything to yet.
pub(super) const PROSPECTS: &[(&str, &str, &str)] = &[
    ("Holmen Skog", INDUSTRY, "North"),
    ("Brf Älven", ASSOCIATION, "North"),
    ("Burträsk Mejeri", INDUSTRY, "North"),
    ("Hotell Fjärden", HOTEL, "North"),
    ("Brf Solgläntan", ASSOCIATION, "South"),
    ("Österlens Musteri", INDUSTRY, "South"),
    ("Hotell Kattegatt", HOTEL, "West"),
    ("Brf Varvet", ASSOCIATION, "West"),
];

/// Customers who pay in euro.
pub(super) const EURO: &[(&str, &str)] = &[
    ("Vaasan Ilmanvaihto Oy", BUILDER),
    ("Mariehamns Hotell", HOTEL),
    ("Kokkola Kiinteistöt Oy", PROPERTY),
    ("Jakobstads Plåt Ab", INDUSTRY),
];

/// Region of [`EURO`].
pub(super) const EXPORT: &str = "Export";
/// The regions of Sweden, as the sales departments divide them.
pub(super) const REGIONS: [&str; 3] = ["North", "South", "West"];

const PLACES: [&[&str]; 3] = [
    &[
        "Umeå",
        "Skellefteå",
        "Luleå",
        "Piteå",
        "Boden",
        "Kalix",
        "Vännäs",
        "Lycksele",
        "Sundsvall",
        "Härnösand",
        "Örnsköldsvik",
        "Kramfors",
        "Östersund",
        "Timrå",
        "Arvidsjaur",
        "Gällivare",
        "Kiruna",
        "Nordmaling",
        "Bygdeå",
        "Holmsund",
        "Sollefteå",
        "Ånge",
        "Strömsund",
        "Haparanda",
    ],
    &[
        "Malmö",
        "Lund",
        "Ystad",
        "Kristianstad",
        "Hässleholm",
        "Växjö",
        "Kalmar",
        "Karlskrona",
        "Helsingborg",
        "Ängelholm",
        "Landskrona",
        "Trelleborg",
        "Eslöv",
        "Älmhult",
        "Ljungby",
        "Nybro",
        "Oskarshamn",
        "Ronneby",
        "Sölvesborg",
        "Simrishamn",
        "Höganäs",
        "Markaryd",
        "Jönköping",
        "Värnamo",
    ],
    &[
        "Göteborg",
        "Borås",
        "Mölndal",
        "Partille",
        "Kungälv",
        "Trollhättan",
        "Uddevalla",
        "Vänersborg",
        "Varberg",
        "Falkenberg",
        "Alingsås",
        "Lerum",
        "Skövde",
        "Lidköping",
        "Kungsbacka",
        "Stenungsund",
        "Ulricehamn",
        "Tibro",
    ],
];

const TRADES: &[(&str, &str)] = &[
    ("kommun", MUNICIPALITY),
    ("Fastigheter", PROPERTY),
    ("Bostäder", PROPERTY),
    ("Stadshotell", HOTEL),
    ("Plåt", INDUSTRY),
    ("Mekaniska", INDUSTRY),
    ("Trä", INDUSTRY),
    ("friskola", SCHOOL),
    ("gymnasium", SCHOOL),
    ("Bygg", BUILDER),
    ("Livs", SHOP),
    ("Handel", SHOP),
];

const ASSOCIATIONS: [&[&str]; 3] = [
    &[
        "Björken",
        "Granen",
        "Norrskenet",
        "Renen",
        "Fjällripan",
        "Forsen",
        "Timret",
        "Hjortronet",
        "Snöstjärnan",
        "Lodjuret",
        "Kvarnen",
        "Flottaren",
        "Storgatan 12",
        "Polcirkeln",
        "Midvinter",
        "Lappugglan",
    ],
    &[
        "Boken",
        "Rapsfältet",
        "Fyren",
        "Ekhagen",
        "Syrenen",
        "Kastanjen",
        "Sundet",
        "Äppelgården",
        "Backsippan",
        "Kullen",
        "Storken",
        "Ängen",
        "Vallmon",
        "Linden",
        "Strandvägen 4",
        "Möllan",
    ],
    &[
        "Kajen",
        "Majviken",
        "Sillen",
        "Hamnen",
        "Klippan",
        "Måsen",
        "Bojen",
        "Ljungen",
        "Skonaren",
        "Masthugget",
        "Bryggan",
        "Lotsen",
    ],
];

/// Hands out names by region, none of them twice.
pub(super) struct Names(HashMap<&'static str, Vec<Customer>>);

impl Names {
    /// Every name there is, in an order that `dice` decide; the known customers of the north come first.
    pub(super) fn new(dice: &mut Dice) -> Self {
        let mut names = HashMap::new();
        for ((region, places), associations) in REGIONS.into_iter().zip(PLACES).zip(ASSOCIATIONS) {
            let mut all = names_of(region, places, associations);
            dice.shuffle(&mut all);
            if region == REGIONS[0] {
                let known = KNOWN_NORTH.iter().map(|(name, segment)| customer(*name, segment, region));
                let known: Vec<Customer> = known.collect();
                all.retain(|other| known.iter().all(|one| one.name != other.name));
                all.extend(known.into_iter().rev());
            }
            names.insert(region, all);
        }
        Self(names)
    }

    /// A customer of the region that nobody has met yet, while there are any.
    pub(super) fn next(&mut self, region: &str) -> Option<Customer> {
        self.0.get_mut(region)?.pop()
    }
}

fn customer(name: impl Into<String>, segment: &'static str, region: &'static str) -> Customer {
    Customer { name: name.into(), segment, region }
}

fn names_of(region: &'static str, places: &[&str], associations: &[&str]) -> Vec<Customer> {
    let trades = places.iter().flat_map(|place| {
        TRADES.iter().map(move |(trade, segment)| customer(format!("{place} {trade}"), segment, region))
    });
    let associations = associations.iter().map(|name| customer(format!("Brf {name}"), ASSOCIATION, region));
    trades.chain(associations).collect()
}
