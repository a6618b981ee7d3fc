//! What Nordhem Ventilation sells.

use sqlx::PgConnection;

use crate::error::Result;
use crate::kernel::id::ProductId;
use crate::kernel::money::Currency;
use crate::products::{self, NewProduct};

/// The category that agreement goals are for.
pub(super) const AGREEMENTS: &str = "Service agreements";
/// What the web shop sells.
pub(super) const WEB_SHOP: [&str; 2] = ["Filters", "Ducts and spare parts"];

/// A product: number, name, category, subcategory, list price and unit cost in SEK.
pub(super) struct Product {
    pub(super) sku: &'static str,
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    subcategory: &'static str,
    price: i64,
    cost: i64,
}

impl Product {
    /// List price in öre.
    pub(super) const fn price(&self) -> i64 {
        self.price * 100
    }

    /// Unit cost in öre.
    pub(super) const fn cost(&self) -> i64 {
        self.cost * 100
    }
}

const fn product(
    sku: &'static str,
    name: &'static str,
    (category, subcategory): (&'static str, &'static str),
    (price, cost): (i64, i64),
) -> Product {
    Product { sku, name, category, subcategory, price, cost }
}

/// Every product, by category.
#[rustfmt::skip]
pub(super) const PRODUCTS: &[Product] = &[
    product("VEN-08", "Rooftop unit Ventus 8", ("Rooftop units", "Ventus"), (96_000, 64_300)),
    product("VEN-12", "Rooftop unit Ventus 12", ("Rooftop units", "Ventus"), (158_000, 104_900)),
    product("VEN-16", "Rooftop unit Ventus 16", ("Rooftop units", "Ventus"), (214_000, 143_400)),
    product("VEN-12K", "Ventus 12 with cooling", ("Rooftop units", "Ventus"), (196_000, 133_300)),
    product("FTX-250", "Heat recovery FTX 250", ("Heat recovery", "FTX"), (14_900, 9_700)),
    product("FTX-400", "Heat recovery FTX 400", ("Heat recovery", "FTX"), (20_500, 13_300)),
    product("FTX-600", "Heat recovery FTX 600", ("Heat recovery", "FTX"), (47_500, 30_400)),
    product("FTX-800", "Heat recovery FTX 800", ("Heat recovery", "FTX"), (63_000, 41_600)),
    product("FTX-ROT", "Rotor kit FTX", ("Heat recovery", "Accessories"), (8_900, 5_600)),
    product("FIL-F7", "Filter set ePM1 60%", ("Filters", "Filter sets"), (1_190, 640)),
    product("FIL-F9", "Filter set ePM1 85%", ("Filters", "Filter sets"), (1_590, 870)),
    product("FIL-CAS", "Filter cassette Ventus", ("Filters", "Filter sets"), (3_400, 1_900)),
    product("FIL-SUB", "Filter subscription, room and year", ("Filters", "Subscriptions"), (950, 420)),
    product("SA-1", "Service agreement, 1 year", (AGREEMENTS, "Agreements"), (15_500, 8_900)),
    product("SA-2", "Service agreement, 2 years", (AGREEMENTS, "Agreements"), (27_000, 15_200)),
    product("SA-3", "Service agreement, 3 years", (AGREEMENTS, "Agreements"), (46_500, 25_600)),
    product("SA-5", "Service agreement, 5 years", (AGREEMENTS, "Agreements"), (82_000, 44_800)),
    product("SA-OVK", "Ventilation inspection (OVK)", ("Controls", "Commissioning"), (8_400, 5_100)),
    product("CTL-NC1", "Controller NC1", ("Controls", "Controllers"), (6_900, 3_900)),
    product("CTL-NC2", "Controller NC2 with gateway", ("Controls", "Controllers"), (12_400, 7_200)),
    product("CTL-CO2", "CO₂ sensor", ("Controls", "Sensors"), (1_450, 760)),
    product("CTL-COM", "Commissioning on site", ("Controls", "Commissioning"), (11_500, 7_600)),
    product("DUC-50", "Duct package 50 m", ("Ducts and spare parts", "Ducts"), (9_600, 6_700)),
    product("DUC-SIL", "Silencer 400", ("Ducts and spare parts", "Ducts"), (3_200, 2_050)),
    product("DUC-COWL", "Roof cowl", ("Ducts and spare parts", "Ducts"), (4_400, 2_900)),
    product("SPA-FAN", "EC fan motor", ("Ducts and spare parts", "Spare parts"), (7_800, 5_000)),
    product("SPA-BELT", "Rotor belt", ("Ducts and spare parts", "Spare parts"), (690, 310)),
];

/// Makes the products; their ids in the order of [`PRODUCTS`].
pub(super) async fn create(conn: &mut PgConnection, currency: Currency) -> Result<Vec<ProductId>> {
    let mut ids = Vec::with_capacity(PRODUCTS.len());
    for product in PRODUCTS {
        let new = NewProduct {
            sku: product.sku,
            name: product.name,
            category: product.category,
            subcategory: product.subcategory,
            unit_cost: product.cost(),
            list_price: product.price(),
            currency,
            active: true,
        };
        ids.push(products::create(conn, &new).await?);
    }
    Ok(ids)
}
