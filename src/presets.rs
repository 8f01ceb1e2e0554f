//! Which recipes and rules come along?
//!
//! Each preset is a TOML file of `src/presets/`, of the same form as a user's. Copying one and
//! editing it is the way to a recipe of one's own: `levekaar presets show ID > mine.toml`.

/// A recipe or rule that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// Its id, which is also the name of its file.
    pub id: &'static str,
    /// The file.
    pub text: &'static str,
}

/// The index definitions.
pub const INDICES: &[Preset] = &[
    Preset { id: "coinr-asem", text: include_str!("presets/coinr-asem.toml") },
    Preset { id: "gb-imd-2019", text: include_str!("presets/gb-imd-2019.toml") },
    Preset { id: "gb-simd-2016", text: include_str!("presets/gb-simd-2016.toml") },
    Preset { id: "gb-wimd-2019", text: include_str!("presets/gb-wimd-2019.toml") },
    Preset { id: "no-levekaar-5", text: include_str!("presets/no-levekaar-5.toml") },
];

/// The selection rules.
pub const RULES: &[Preset] = &[
    Preset { id: "worst-fifth", text: include_str!("presets/rules/worst-fifth.toml") },
    Preset {
        id: "worst-fifth-of-people",
        text: include_str!("presets/rules/worst-fifth-of-people.toml"),
    },
];

/// The preset of this id.
pub fn find(presets: &'static [Preset], id: &str) -> Option<&'static Preset> {
    presets.iter().find(|preset| preset.id == id)
}
