//! Which map does a project ask for?
//!
//! `[map]` names what is shown, and here it is joined to the outlines: one measure, the change of
//! one, two at once, several side by side, or kinds of areas.

use super::measure::{Figures, Measure, figures, places};
use super::{PictureError, kinds, mark};
use crate::analysis::Analysis;
use crate::boundary::Boundaries;
use crate::classify::around::classify_around;
use crate::classify::{Classes, Classing, classify, classify_pooled};
use crate::indicator::Direction;
use crate::language::{Language, message};
use crate::map::{
    Axis, Gap, Key, Look, MapArea, MapRequest, Names, Panel, SelectionMark, Square, SquareColours,
    Turn, choropleth, densest, small_multiples,
};
use crate::notice::Notice;
use crate::project::{Around, Found, MapInset, MapNames, MapOptions, Middle, Project};
use crate::statistics::{QuantileType, quantile};
use crate::uncertainty::Uncertainty;

/// The most panels that can be told apart on a page.
pub const MOST_PANELS: usize = 16;

/// What a map of a project is made of.
#[derive(Debug, Clone, Copy)]
pub struct MapMaterials<'a> {
    /// The results.
    pub analysis: &'a Analysis,
    /// The outlines.
    pub boundaries: &'a Boundaries,
    /// Titles and sources; its own `map` is not read.
    pub project: &'a Project,
    /// What the map shows and how.
    pub options: &'a MapOptions,
    /// The results of the years that [`years`] names.
    pub years: &'a [(i32, Analysis)],
    /// Rank intervals, where [`needs_uncertainty`] asks for them.
    pub uncertainty: Option<&'a Uncertainty>,
    /// The language of the map.
    pub language: Language,
}

/// The years beside the project's own that a map needs.
pub fn years(options: &MapOptions, own: Option<i32>) -> Vec<i32> {
    let panels = options.panels.iter().filter_map(|panel| panel.parse().ok());
    let mut years: Vec<i32> = options.since.into_iter().chain(panels).collect();
    years.retain(|year| Some(*year) != own);
    years.sort_unstable();
    years.dedup();
    years
}

/// Whether a map needs rank intervals.
pub fn needs_uncertainty(options: &MapOptions) -> bool {
    let named = [&options.show, &options.against, &options.minus];
    named.into_iter().flatten().any(|name| name == "uncertainty")
}

/// Draws the map that the options ask for, with what its classes have to tell.
///
/// Areas with boundaries but no figures are drawn as missing; areas without boundaries are not
/// drawn, which `validate::join` has told.
///
/// # Errors
///
/// [`PictureError`] when the options do not go together, name what is not there, or values cannot
/// be put into classes.
pub fn project_map(m: &MapMaterials<'_>) -> Result<(String, Vec<Notice>), PictureError> {
    let options = m.options;
    let asked = [
        ("panels", !options.panels.is_empty()),
        ("against", options.against.is_some()),
        ("since", options.since.is_some()),
        ("minus", options.minus.is_some()),
    ];
    let mut set = asked.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| *name);
    if let (Some(one), Some(other)) = (set.next(), set.next()) {
        return Err(PictureError::NotTogether { one, other });
    }
    let mut notices = Vec::new();
    let frame = Frame::of(m, &mut notices)?;
    let svg = match options.show.as_deref() {
        Some("selection" | "parent") => {
            if let Some((other, _)) = asked.iter().find(|(_, is_set)| *is_set) {
                return Err(PictureError::NotTogether { one: "show", other });
            }
            frame.of_kinds()?
        }
        _ if !options.panels.is_empty() => frame.of_panels(&mut notices)?,
        _ if options.against.is_some() => frame.of_square(&mut notices)?,
        _ => frame.of_values(&mut notices)?,
    };
    Ok((svg, notices))
}

/// What all kinds of maps share.
struct Frame<'a> {
    m: &'a MapMaterials<'a>,
    places: Vec<Option<usize>>,
    inset: Option<[f64; 4]>,
    /// The project's own year, where its table has years.
    year: Option<i32>,
    /// Why areas have no value, by kind of gap, and where the table lacks them.
    reasons: [String; 4],
}

impl<'a> Frame<'a> {
    fn of(m: &'a MapMaterials<'a>, notices: &mut Vec<Notice>) -> Result<Self, PictureError> {
        let inset = match m.options.inset {
            None => None,
            Some(_) if !m.options.panels.is_empty() => {
                return Err(PictureError::NotTogether { one: "panels", other: "inset" });
            }
            Some(MapInset::Found(Found::Auto)) => {
                let found = densest(m.boundaries.shapes());
                if found.is_none() {
                    notices.push(Notice::note("map.no_dense_part"));
                }
                found
            }
            Some(MapInset::Degrees(degrees)) => {
                let [west, south, east, north] = degrees;
                let metres = m.boundaries.metres_of(degrees);
                match metres {
                    Ok(metres) if west < east && south < north => Some(metres),
                    Ok(_) | Err(_) => return Err(PictureError::NoBox { degrees }),
                }
            }
        };
        let has_people = m.analysis.ranking.areas().iter().any(|a| a.population.is_some());
        if m.options.circles && !has_people {
            notices.push(Notice::warning("map.no_people"));
        }
        let reasons = [
            "map.reason_no_score",
            "map.reason_suppressed",
            "map.reason_not_applicable",
            "map.reason_no_figures",
        ];
        Ok(Self {
            m,
            places: places(m.analysis, m.boundaries),
            inset,
            year: m.project.areas.year.as_ref().map(|year| year.use_year),
            reasons: reasons.map(|key| message(m.language, key, &[])),
        })
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        message(self.m.language, key, values)
    }

    /// The measure that the map shows, or the rank where years would be compared by a score.
    fn measure(&self, over_years: bool) -> Result<Measure, PictureError> {
        let definition = &self.m.analysis.definition;
        let measure = match self.m.options.show.as_deref() {
            Some(name) => Measure::named(name, definition)?,
            None if over_years => Measure::Rank,
            None => Measure::Score,
        };
        if over_years && !measure.holds_over_years(definition) {
            let shown = self.m.options.show.clone().unwrap_or_default();
            return Err(PictureError::ScalesDiffer { shown });
        }
        Ok(measure)
    }

    fn figures(&self, measure: Measure) -> Figures {
        let m = self.m;
        figures(measure, m.analysis, m.uncertainty, &self.places, m.language)
    }

    /// The figures of a year, the project's own among them.
    fn figures_of_year(&self, measure: Measure, year: i32) -> Result<Figures, PictureError> {
        if Some(year) == self.year {
            return Ok(self.figures(measure));
        }
        let found = self.m.years.iter().find(|(of, _)| *of == year);
        let Some((_, analysis)) = found else { return Err(PictureError::NoYear { year }) };
        // The year may have been computed for this indicator alone.
        let measure = match measure {
            Measure::Indicator(at) => {
                let id = self.m.analysis.definition.indicators[at].id.as_str();
                Measure::named(id, &analysis.definition)?
            }
            other => other,
        };
        let places = places(analysis, self.m.boundaries);
        Ok(figures(measure, analysis, None, &places, self.m.language))
    }

    /// One measure, its change, or its difference from another.
    fn of_values(&self, notices: &mut Vec<Notice>) -> Result<String, PictureError> {
        let options = self.m.options;
        let measure = self.measure(options.since.is_some())?;
        let own = self.figures(measure);
        let definition = self.m.analysis.definition.title.get(self.m.language);
        let mut about = definition.to_owned();
        let mut note = self.note(measure, &own);
        let (shown, date) = match (options.since, &options.minus) {
            (Some(since), _) => {
                let now = self.year.ok_or(PictureError::NoYears)?;
                let mut change = own.minus(&self.figures_of_year(measure, since)?);
                let (from, to) = (since.to_string(), now.to_string());
                let values = [("title", own.title.as_str()), ("from", &from), ("to", &to)];
                change.title = self.say("map.change", &values);
                about = format!("{} – {definition}", change.title);
                note = Some(self.say(
                    match change.direction {
                        Direction::HigherIsWorse => "map.increase_worse",
                        Direction::HigherIsBetter => "map.increase_better",
                    },
                    &[],
                ));
                let date = self.say("map.two_years", &[("from", &from), ("to", &to)]);
                (change, Some(date))
            }
            (None, Some(minus)) => {
                let other = Measure::named(minus, &self.m.analysis.definition)?;
                let other = self.figures(other);
                if other.unit != own.unit {
                    let units = [own.unit, other.unit];
                    return Err(PictureError::UnitsDiffer { units });
                }
                let values = [("one", own.title.as_str()), ("other", other.title.as_str())];
                let mut difference = own.minus(&other);
                difference.title = self.say("map.difference", &values);
                about = format!("{} – {definition}", difference.title);
                note = Some(self.say("map.difference_note", &values));
                (difference, None)
            }
            (None, None) => {
                if measure != Measure::Score {
                    about = format!("{} – {definition}", own.label());
                }
                (own, None)
            }
        };
        let mut shown = shown;
        // Per cent less per cent are points of it.
        if shown.unit == "%" && (options.since.is_some() || options.minus.is_some()) {
            shown.unit = self.say("map.points", &[]);
        }
        let (mut classes, turn) = self.classes(&[&shown])?;
        notices.extend_from_slice(classes[0].notices());
        let classes = classes.swap_remove(0);
        let areas = self.areas(&shown, classes.class_of(), self.m.analysis, &self.places, true);
        let rule = self.m.analysis.selection.as_ref();
        let request = MapRequest {
            subtitle: &about,
            legend_title: &shown.label(),
            direction: shown.direction,
            note: note.as_deref(),
            decimals: if measure == Measure::Score { super::DECIMALS } else { shown.decimals() },
            key: Key::Ranges { limits: classes.limits(), turn },
            selection_rule: rule.map(|s| s.rule().title.get(self.m.language)),
            areas: &areas,
            ..self.request()
        };
        let date = self.date(date);
        Ok(choropleth(&MapRequest { look: self.look(&date), ..request }))
    }

    /// Two measures at once.
    fn of_square(&self, notices: &mut Vec<Notice>) -> Result<String, PictureError> {
        let measure = self.measure(false)?;
        let against = self.m.options.against.as_deref().unwrap_or_default();
        let against = Measure::named(against, &self.m.analysis.definition)?;
        if against == measure {
            return Err(PictureError::Itself);
        }
        let (x, y) = (self.figures(measure), self.figures(against));
        let [x_classes, y_classes] = [&x, &y].map(|figures| self.thirds(figures));
        let (x_classes, y_classes) = (x_classes?, y_classes?);
        notices.extend_from_slice(x_classes.notices());
        notices.extend_from_slice(y_classes.notices());
        let both: Vec<Option<usize>> = x_classes
            .class_of()
            .iter()
            .zip(y_classes.class_of())
            .map(|(x, y)| Some(3 * (*y)? + (*x)?))
            .collect();
        let mut areas = self.areas(&x, &both, self.m.analysis, &self.places, true);
        for (at, area) in areas.iter_mut().enumerate() {
            area.second = y.values[at];
            if area.class.is_none() && area.value.is_finite() {
                area.gap = y.gaps[at];
                area.reason = self.reason(&y, at);
            }
        }
        let (colours, note) = match against {
            Measure::Uncertainty => (SquareColours::Doubt, "map.square_doubt"),
            Measure::People => (SquareColours::Both, "map.square_people"),
            Measure::Score
            | Measure::Rank
            | Measure::Domain(_)
            | Measure::Indicator(_)
            | Measure::Scaled(_) => (SquareColours::Both, "map.square_both"),
        };
        let [x_label, y_label] = [x.label(), y.label()];
        let axis = |figures: &Figures, title, classes: &Classes| Axis {
            title,
            limits: std::array::from_fn(|at| classes.limits()[at]),
            decimals: figures.decimals(),
            strong_is_high: matches!(figures.direction, Direction::HigherIsWorse),
        };
        let square = Square {
            x: axis(&x, &x_label, &x_classes),
            y: axis(&y, &y_label, &y_classes),
            colours,
        };
        let title = self.say("map.two", &[("one", &x.title), ("other", &y.title)]);
        let definition = self.m.analysis.definition.title.get(self.m.language);
        let rule = self.m.analysis.selection.as_ref();
        let date = self.date(None);
        Ok(choropleth(&MapRequest {
            subtitle: &format!("{title} – {definition}"),
            legend_title: &title,
            direction: x.direction,
            note: Some(&self.say(note, &[])),
            decimals: x.decimals(),
            key: Key::Square(square),
            selection_rule: rule.map(|s| s.rule().title.get(self.m.language)),
            areas: &areas,
            look: self.look(&date),
            ..self.request()
        }))
    }

    /// Three classes of about as many areas, or by the project's own method where it makes three.
    fn thirds(&self, figures: &Figures) -> Result<Classes, PictureError> {
        let usual = Classing::Quantiles { classes: 3, quantile_type: QuantileType::Type7 };
        let own = self.m.options.classes.as_ref().filter(|own| own.n_asked() == Some(3));
        let classes = classify(&figures.values, own.unwrap_or(&usual))?;
        if classes.n_classes() == 3 {
            Ok(classes)
        } else {
            let (title, made) = (figures.title.clone(), classes.n_classes());
            Err(PictureError::NotThree { title, made })
        }
    }

    /// Several maps side by side.
    fn of_panels(&self, notices: &mut Vec<Notice>) -> Result<String, PictureError> {
        let (m, options) = (self.m, self.m.options);
        if options.panels.len() > MOST_PANELS {
            return Err(PictureError::TooManyPanels { n: options.panels.len() });
        }
        let years: Vec<i32> = options.panels.iter().filter_map(|p| p.parse().ok()).collect();
        let is_of_years = years.len() == options.panels.len();
        if !years.is_empty() && !is_of_years {
            return Err(PictureError::MixedPanels);
        }
        let (columns, titles, legend_title, note, date): (Vec<Figures>, Vec<String>, _, _, _);
        if is_of_years {
            let measure = self.measure(true)?;
            let of_year = |year: &i32| self.figures_of_year(measure, *year);
            columns = years.iter().map(of_year).collect::<Result<_, _>>()?;
            titles = years.iter().map(i32::to_string).collect();
            legend_title = columns[0].label();
            note = self.note(measure, &columns[0]);
            let [from, to] =
                [years.iter().min(), years.iter().max()].map(|year| year.map_or(0, |year| *year));
            let (from, to) = (from.to_string(), to.to_string());
            date = Some(self.say("map.years", &[("from", &from), ("to", &to)]));
        } else {
            if options.show.is_some() {
                return Err(PictureError::NotTogether { one: "show", other: "panels" });
            }
            let measures = self.panel_measures()?;
            if measures.len() > MOST_PANELS {
                return Err(PictureError::TooManyPanels { n: measures.len() });
            }
            columns = measures.iter().map(|measure| self.figures(*measure)).collect();
            titles = columns.iter().map(|column| column.title.clone()).collect();
            legend_title = self.say("map.comparable", &[]);
            note = Some(self.say(
                match m.analysis.definition.direction {
                    Direction::HigherIsWorse => "map.value_worse",
                    Direction::HigherIsBetter => "map.direction_better",
                },
                &[],
            ));
            date = None;
        }
        let refs: Vec<&Figures> = columns.iter().collect();
        let (classes, turn) = self.classes(&refs)?;
        notices.extend_from_slice(classes[0].notices());
        let of_year = |at: usize| {
            let year = years.get(at).filter(|year| Some(**year) != self.year);
            year.and_then(|year| m.years.iter().find(|(of, _)| of == year)).map(|(_, a)| a)
        };
        let areas: Vec<Vec<MapArea<'_>>> = (0..columns.len())
            .map(|at| {
                // The rule's answer is this year's.
                let is_own = !is_of_years || of_year(at).is_none();
                match of_year(at) {
                    Some(analysis) => {
                        let places = places(analysis, m.boundaries);
                        self.areas(&columns[at], classes[at].class_of(), analysis, &places, false)
                    }
                    None => self.areas(
                        &columns[at],
                        classes[at].class_of(),
                        m.analysis,
                        &self.places,
                        is_own && !is_of_years,
                    ),
                }
            })
            .collect();
        let panels: Vec<Panel<'_>> =
            titles.iter().zip(&areas).map(|(title, areas)| Panel { title, areas }).collect();
        let definition = m.analysis.definition.title.get(m.language);
        let about = match is_of_years {
            true => format!("{legend_title} – {definition}"),
            false => definition.to_owned(),
        };
        let decimals = match is_of_years {
            true => columns.iter().map(Figures::decimals).max().unwrap_or(0),
            false => super::DECIMALS,
        };
        let rule = m.analysis.selection.as_ref().filter(|_| !is_of_years);
        let date = self.date(date);
        let request = MapRequest {
            subtitle: &about,
            legend_title: &legend_title,
            direction: columns[0].direction,
            note: note.as_deref(),
            decimals,
            key: Key::Ranges { limits: classes[0].limits(), turn },
            selection_rule: rule.map(|s| s.rule().title.get(m.language)),
            areas: &[],
            look: self.look(&date),
            ..self.request()
        };
        Ok(small_multiples(&request, &panels))
    }

    /// Domains and indicators by their ids, all of one kind by the kind's name; all on comparable
    /// scales, on which larger means worse.
    fn panel_measures(&self) -> Result<Vec<Measure>, PictureError> {
        let definition = &self.m.analysis.definition;
        let mut measures = Vec::new();
        for name in &self.m.options.panels {
            match name.as_str() {
                "domains" if !definition.domains.is_empty() => {
                    let top = |at: &usize| definition.domains[*at].parent.is_none();
                    let domains = (0..definition.domains.len()).filter(top);
                    measures.extend(domains.map(Measure::Domain));
                }
                "domains" | "indicators" => {
                    measures.extend((0..definition.indicators.len()).map(Measure::Scaled));
                }
                id => measures.push(match Measure::named(id, definition)? {
                    Measure::Indicator(at) => Measure::Scaled(at),
                    found @ (Measure::Domain(_) | Measure::Scaled(_) | Measure::Score) => found,
                    Measure::Rank | Measure::People | Measure::Uncertainty => {
                        return Err(PictureError::MixedPanels);
                    }
                }),
            }
        }
        Ok(measures)
    }

    /// What the rule says of each area, or which larger unit it belongs to.
    fn of_kinds(&self) -> Result<String, PictureError> {
        let m = self.m;
        let found = match m.options.show.as_deref() {
            Some("parent") => kinds::parents(m.analysis)?,
            Some(_) | None => kinds::selection(m.analysis, m.language)?,
        };
        let own = self.figures(Measure::Score);
        let class_of: Vec<Option<usize>> =
            self.places.iter().map(|place| found.class_of[(*place)?]).collect();
        let areas = self.areas(&own, &class_of, m.analysis, &self.places, found.outlines);
        let definition = m.analysis.definition.title.get(m.language);
        let date = self.date(None);
        let legend_title = match &found.title {
            Some(title) => title.clone(),
            None => self.say("map.legend_parent", &[]),
        };
        Ok(choropleth(&MapRequest {
            subtitle: &format!("{legend_title} – {definition}"),
            legend_title: &legend_title,
            direction: m.analysis.definition.direction,
            note: None,
            decimals: super::DECIMALS,
            key: Key::Kinds(crate::map::Categories {
                kinds: &found.kinds,
                note: &found.note,
                undefined: &self.say("map.no_data", &[]),
            }),
            selection_rule: None,
            areas: &areas,
            look: self.look(&date),
            ..self.request()
        }))
    }

    /// Pooled classes, and where their colours turn.
    fn classes(&self, columns: &[&Figures]) -> Result<(Vec<Classes>, Option<Turn>), PictureError> {
        let options = self.m.options;
        let values: Vec<&[f64]> = columns.iter().map(|column| column.values.as_slice()).collect();
        let is_change = options.since.is_some() || options.minus.is_some();
        let reference = match options.around {
            Some(Around::Value(value)) => Some(value),
            Some(Around::Middle(middle)) => Some(middle_of(&values.concat(), middle)),
            None => is_change.then_some(0.0),
        };
        let Some(reference) = reference.filter(|x| x.is_finite()) else {
            let usual = Classing::Quantiles { classes: 5, quantile_type: QuantileType::Type7 };
            let classing = options.classes.as_ref().unwrap_or(&usual);
            return Ok((classify_pooled(&values, classing)?, None));
        };
        let found = classify_around(&values, reference, options.classes.as_ref())?;
        let (n_below, n_above) = (found.n_below, found.n_above);
        Ok((found.classes, Some(Turn { reference, n_below, n_above })))
    }

    /// One area an outline.
    fn areas<'b>(
        &'b self,
        figures: &'b Figures,
        class_of: &[Option<usize>],
        of: &'b Analysis,
        places: &[Option<usize>],
        outlined: bool,
    ) -> Vec<MapArea<'b>> {
        let shapes = self.m.boundaries.shapes().iter().enumerate();
        shapes
            .map(|(at, shape)| {
                let area = places[at].map(|place| &of.ranking.areas()[place]);
                // The name as it is today, where this year has the area.
                let own = self.places[at].map(|place| &self.m.analysis.ranking.areas()[place]);
                let fallback = shape.name.as_deref().unwrap_or(shape.id.as_str());
                MapArea {
                    shape,
                    name: own.or(area).map_or(fallback, |area| &area.name),
                    value: figures.values[at],
                    second: f64::NAN,
                    reason: self.reason(figures, at),
                    gap: figures.gaps[at],
                    class: class_of[at],
                    population: area.and_then(|area| area.population),
                    selection: match places[at] {
                        Some(place) if outlined => mark(of, place),
                        Some(_) | None => SelectionMark::NotSelected,
                    },
                }
            })
            .collect()
    }

    fn reason(&self, figures: &Figures, at: usize) -> &str {
        let kind = match (figures.known[at], figures.gaps[at]) {
            (false, _) => 3,
            (true, Gap::Missing) => 0,
            (true, Gap::Suppressed) => 1,
            (true, Gap::NotApplicable) => 2,
        };
        &self.reasons[kind]
    }

    /// What is said of the colours; `None` for the usual words on scores.
    fn note(&self, measure: Measure, figures: &Figures) -> Option<String> {
        let key = match measure {
            Measure::Score | Measure::Domain(_) | Measure::Scaled(_) => return None,
            Measure::Rank => match figures.direction {
                Direction::HigherIsBetter => "map.rank_worst_first",
                Direction::HigherIsWorse => "map.rank_best_first",
            },
            Measure::Indicator(_) => match figures.direction {
                Direction::HigherIsWorse => "map.value_worse",
                Direction::HigherIsBetter => "map.direction_better",
            },
            Measure::People => "map.people_note",
            Measure::Uncertainty => "map.width_note",
        };
        Some(self.say(key, &[]))
    }

    fn date(&self, found: Option<String>) -> String {
        let own = self.m.options.date.clone();
        own.or(found).or(self.year.map(|year| year.to_string())).unwrap_or_default()
    }

    fn look<'b>(&self, date: &'b str) -> Look<'b> {
        let options = self.m.options;
        let names = match (options.names, options.most_names) {
            (MapNames::None, _) => Names::None,
            (MapNames::Selected, _) => Names::Selected,
            (MapNames::Auto | MapNames::All, Some(most)) => Names::First(most),
            (MapNames::Auto, None) => Names::Automatic,
            (MapNames::All, None) => Names::All,
        };
        Look { page: options.page, names, circles: options.circles, inset: self.inset, date }
    }

    /// What does not depend on what is shown.
    fn request(&self) -> MapRequest<'a> {
        let m = self.m;
        MapRequest {
            title: m.project.title.get(m.language),
            subtitle: "",
            source: m.project.source.as_ref().map_or("", |source| source.get(m.language)),
            language: m.language,
            synthetic: m.project.synthetic,
            legend_title: "",
            direction: m.analysis.definition.direction,
            note: None,
            decimals: super::DECIMALS,
            key: Key::Ranges { limits: &[], turn: None },
            selection_rule: None,
            areas: &[],
            look: Look::default(),
        }
    }
}

/// The mean or median of the values that are present.
fn middle_of(values: &[f64], middle: Middle) -> f64 {
    let present: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    match middle {
        Middle::Mean => present.iter().sum::<f64>() / present.len() as f64,
        Middle::Median => quantile(&present, 0.5, &mut Vec::new()).unwrap_or(f64::NAN),
    }
}
