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
    Preset { id: "carstairs", text: include_str!("presets/carstairs.toml") },
    Preset { id: "coinr-asem", text: include_str!("presets/coinr-asem.toml") },
    Preset { id: "gb-imd-2000", text: include_str!("presets/gb-imd-2000.toml") },
    Preset { id: "gb-imd-2019", text: include_str!("presets/gb-imd-2019.toml") },
    Preset {
        id: "gb-imd-2019-subdomains",
        text: include_str!("presets/gb-imd-2019-subdomains.toml"),
    },
    Preset { id: "gb-nimdm-2010", text: include_str!("presets/gb-nimdm-2010.toml") },
    Preset { id: "gb-simd-2016", text: include_str!("presets/gb-simd-2016.toml") },
    Preset { id: "gb-wimd-2019", text: include_str!("presets/gb-wimd-2019.toml") },
    Preset { id: "no-levekaar-5", text: include_str!("presets/no-levekaar-5.toml") },
    Preset {
        id: "no-ssb-levekaarsproblemer",
        text: include_str!("presets/no-ssb-levekaarsproblemer.toml"),
    },
    Preset { id: "townsend", text: include_str!("presets/townsend.toml") },
    Preset { id: "un-hdi-2021", text: include_str!("presets/un-hdi-2021.toml") },
    Preset { id: "us-svi-2018", text: include_str!("presets/us-svi-2018.toml") },
    Preset { id: "us-svi-2018-flags", text: include_str!("presets/us-svi-2018-flags.toml") },
];

/// The selection rules.
pub const RULES: &[Preset] = &[
    Preset { id: "dk-2013", text: include_str!("presets/rules/dk-2013.toml") },
    Preset {
        id: "dk-forebyggelse-2021",
        text: include_str!("presets/rules/dk-forebyggelse-2021.toml"),
    },
    Preset {
        id: "dk-parallelsamfund-2018",
        text: include_str!("presets/rules/dk-parallelsamfund-2018.toml"),
    },
    Preset { id: "dk-udsat-2018", text: include_str!("presets/rules/dk-udsat-2018.toml") },
    Preset { id: "fr-qpv", text: include_str!("presets/rules/fr-qpv.toml") },
    Preset { id: "gb-wnf-2008", text: include_str!("presets/rules/gb-wnf-2008.toml") },
    Preset {
        id: "no-bergen-levekaar",
        text: include_str!("presets/rules/no-bergen-levekaar.toml"),
    },
    Preset {
        id: "no-husbanken-definition",
        text: include_str!("presets/rules/no-husbanken-definition.toml"),
    },
    Preset {
        id: "nou-2020-16-marker",
        text: include_str!("presets/rules/nou-2020-16-marker.toml"),
    },
    Preset { id: "se-delmos-2022", text: include_str!("presets/rules/se-delmos-2022.toml") },
    Preset { id: "us-cejst-2", text: include_str!("presets/rules/us-cejst-2.toml") },
    Preset {
        id: "us-opportunity-zones",
        text: include_str!("presets/rules/us-opportunity-zones.toml"),
    },
    Preset { id: "worst-fifth", text: include_str!("presets/rules/worst-fifth.toml") },
    Preset {
        id: "worst-fifth-of-people",
        text: include_str!("presets/rules/worst-fifth-of-people.toml"),
    },
];

/// The funding models.
pub const MODELS: &[Preset] = &[
    Preset {
        id: "equal-lump-sum-2023",
        text: include_str!("presets/models/equal-lump-sum-2023.toml"),
    },
    Preset { id: "eu-berlin-2007", text: include_str!("presets/models/eu-berlin-2007.toml") },
    Preset { id: "gb-srb", text: include_str!("presets/models/gb-srb.toml") },
    Preset {
        id: "modell-1-programfinansiering",
        text: include_str!("presets/models/modell-1-programfinansiering.toml"),
    },
    Preset {
        id: "modell-2-full-sammenslaaing",
        text: include_str!("presets/models/modell-2-full-sammenslaaing.toml"),
    },
    Preset { id: "no-ingar", text: include_str!("presets/models/no-ingar.toml") },
    Preset { id: "today-2019", text: include_str!("presets/models/today-2019.toml") },
    Preset { id: "us-cdbg", text: include_str!("presets/models/us-cdbg.toml") },
];

/// The preset of this id.
pub fn find(presets: &'static [Preset], id: &str) -> Option<&'static Preset> {
    presets.iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{IndexDefinition, Plan};

    #[test]
    fn every_preset_of_an_index_is_in_order() {
        for preset in INDICES {
            let definition: IndexDefinition =
                toml::from_str(preset.text).unwrap_or_else(|e| panic!("{}: {e}", preset.id));
            assert_eq!(definition.id, preset.id);
            Plan::of(&definition).unwrap_or_else(|e| panic!("{}: {e:?}", preset.id));
        }
        assert!(INDICES.is_sorted_by_key(|preset| preset.id));
    }
}
