//! The recipes that come with the program.

/// One recipe that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// How `--recipe` calls it.
    pub name: &'static str,
    /// The file, with its comments.
    pub text: &'static str,
}

const fn shipped(name: &'static str, text: &'static str) -> Builtin {
    Builtin { name, text }
}

const BUILTIN: &[Builtin] = &[
    shipped("general", include_str!("../../models/recipes/general.toml")),
    shipped("pharma", include_str!("../../models/recipes/pharma.toml")),
    shipped("wholesale", include_str!("../../models/recipes/wholesale.toml")),
    shipped("power-utility", include_str!("../../models/recipes/power-utility.toml")),
    shipped("telecom", include_str!("../../models/recipes/telecom.toml")),
    shipped("products", include_str!("../../models/recipes/products.toml")),
];

/// Every recipe that comes with the program, `general` first.
pub fn builtin() -> &'static [Builtin] {
    BUILTIN
}

impl Builtin {
    /// The shipped recipe of this name.
    pub fn find(name: &str) -> Option<&'static Builtin> {
        BUILTIN.iter().find(|recipe| recipe.name == name)
    }

    /// For whom it is, in one line.
    pub fn title(&self) -> String {
        // Shipped recipes are parsed by a test, so a title that cannot be read does not ship.
        let table: Option<toml::Table> = self.text.parse().ok();
        let title = table.as_ref().and_then(|table| table.get("title")?.as_str());
        title.unwrap_or_default().to_owned()
    }
}
