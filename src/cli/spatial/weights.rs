//! Who counts as a neighbour, as it is typed?

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use levekaar::load;
use levekaar::neighbour::Neighbours;
use levekaar::notice::Notice;
use levekaar::spatial::Links;
use levekaar::spatial_weights::{
    Bandwidth, KernelFunction, SpatialWeights, WeightScheme, spatial_weights,
};
use miette::miette;

use super::Tested;

/// Who counts as a neighbour.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Weights {
    By(WeightScheme),
    File(PathBuf),
}

/// How neighbours count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Style {
    /// Weights of an area sum to 1
    Row,
    /// As they are: 1 each for borders and nearest areas
    Binary,
}

impl FromStr for Weights {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite() && *x > 0.0);
        let metres_of = |text: &str| {
            number(text)
                .ok_or_else(|| format!("`{text}` is not a distance in metres, such as 1500"))
        };
        Ok(Self::By(match (typed, typed.split_once('=')) {
            ("queen", _) => WeightScheme::Queen { snap_m: 0.0 },
            ("rook", _) => WeightScheme::Rook { snap_m: 0.0 },
            ("block", _) => WeightScheme::Block {},
            (_, Some(("knn", k))) => match k.parse() {
                Ok(k) if k > 0 => WeightScheme::KNearest { k },
                Ok(_) | Err(_) => {
                    return Err(format!("`{k}` is not a number of areas, such as `knn=8`"));
                }
            },
            (_, Some(("band", metres))) => {
                WeightScheme::DistanceBand { metres: metres_of(metres)?, power: 0.0 }
            }
            (_, Some(("kernel", metres))) => WeightScheme::Kernel {
                function: KernelFunction::Triangular,
                bandwidth: Bandwidth::Fixed { metres: metres_of(metres)? },
                own: false,
            },
            (file, _) if Path::new(file).extension().is_some() => {
                return Ok(Self::File(file.into()));
            }
            (other, _) => {
                return Err(format!(
                    "`{other}` is none of `queen`, `rook`, `knn=8`, `band=1500`, `kernel=1500`, \
                     `block` or a file"
                ));
            }
        }))
    }
}

/// The links, not standardised: each 1 but for those of a kernel or a GWT file.
pub(super) fn links_of(weights: Option<&Weights>, tested: &mut Tested) -> miette::Result<Links> {
    let own = tested.project.as_ref().and_then(|(_, analysis)| analysis.table.neighbours());
    let scheme = match (weights, own) {
        (Some(Weights::File(file)), _) => return from_file(file, tested),
        (Some(Weights::By(scheme)), _) => *scheme,
        (None, Some(_)) => WeightScheme::Neighbours {},
        (None, None) => WeightScheme::Queen { snap_m: 0.0 },
    };
    if tested.project.is_none() {
        return Err(miette!(
            help = "name a file, such as `--weights areas.gal`, or take a project file with \
                    `[boundaries]`",
            "a bare table has no outlines that could tell who is a neighbour"
        ));
    }
    let boundaries = tested.boundaries.as_ref();
    let own = own.map(AsRef::as_ref);
    // Islands are told with the findings, where areas without a value are taken off too.
    let (weights, _) =
        spatial_weights(&tested.areas, boundaries, own, scheme).map_err(miette::Report::new)?;
    Ok(Links::from(&weights))
}

fn from_file(file: &Path, tested: &mut Tested) -> miette::Result<Links> {
    let is = |ending: &str| file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
    if is("gal") || is("gwt") {
        let (weights, notices) =
            load::weights::weights(file, &tested.areas).map_err(miette::Report::new)?;
        let strange = notices.into_iter().filter(|notice| notice.key != "region.weight-islands");
        tested.notices.extend(strange);
        return Ok(Links::from(&weights));
    }
    let pairs = super::columns::pairs(file)?;
    let (neighbours, unknown) = Neighbours::from_pairs(&tested.areas, &pairs);
    if !unknown.is_empty() {
        tested.notices.push(Notice::warning("spatial.unknown-ids").about(unknown));
    }
    Ok(Links::from(&SpatialWeights::from_neighbours(&neighbours)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_neighbours_are_read_as_typed() {
        let by = |scheme| Ok(Weights::By(scheme));
        assert_eq!("knn=8".parse(), by(WeightScheme::KNearest { k: 8 }));
        let band = WeightScheme::DistanceBand { metres: 1500.0, power: 0.0 };
        assert_eq!("band=1.5e3".parse(), by(band));
        assert_eq!("queen".parse(), by(WeightScheme::Queen { snap_m: 0.0 }));
        assert_eq!("a/b.gal".parse(), Ok(Weights::File("a/b.gal".into())));
        for wrong in ["knn=0", "knn=x", "band=-1", "queens"] {
            assert!(wrong.parse::<Weights>().is_err(), "{wrong}");
        }
    }
}
