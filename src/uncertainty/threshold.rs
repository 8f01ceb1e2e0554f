//! Which threshold of a rule would have to move for an area to enter or leave?
//!
//! Every number in a rule is a threshold: a limit, a share, a count, a pass mark. They are found
//! by their place in the rule as it is written, so that any rule will do. One is moved while all
//! else stays and the rule applied anew. Counts move by one at a time; other numbers move away in
//! steps that double, from a millionth of the number on, and the first step in which the answer
//! turns is halved. A turn and its return within one step are not seen.

use serde_json::Value;

use crate::language::Text;
use crate::select::{Facts, Finding, RuleFile, Selection, Truth, select};

use super::tipping::{Moved, Tip, TippingPoint};

/// How often a step is doubled: from a millionth of the number to a thousand times it.
const DOUBLINGS: i32 = 30;

/// The farthest that a count is moved.
const COUNTS: u64 = 1_000;

/// The places of all numbers in a rule, such as `worst.take.areas` or `all.0.compare.limit.value`.
pub fn thresholds(rule: &RuleFile) -> Vec<String> {
    fn walk(value: &Value, path: &str, out: &mut Vec<String>) {
        let join =
            |name: &str| if path.is_empty() { name.into() } else { format!("{path}.{name}") };
        match value {
            Value::Number(_) => out.push(path.to_owned()),
            Value::Array(parts) => parts
                .iter()
                .enumerate()
                .for_each(|(at, part)| walk(part, &join(&at.to_string()), out)),
            Value::Object(parts) => {
                parts.iter().for_each(|(name, part)| walk(part, &join(name), out));
            }
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }
    let mut out = Vec::new();
    walk(&written(rule), "", &mut out);
    out
}

/// The rule with another number at this place; `None` where there is none, or where the rule does
/// not allow it.
pub fn with_threshold(rule: &RuleFile, path: &str, number: &Value) -> Option<RuleFile> {
    let mut tree = written(rule);
    let place = path.split('.').try_fold(&mut tree, |value, name| match value {
        Value::Array(parts) => parts.get_mut(name.parse::<usize>().ok()?),
        Value::Object(parts) => parts.get_mut(name),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })?;
    *place = number.clone();
    Some(RuleFile { rule: serde_json::from_value(tree).ok()?, ..rule.clone() })
}

fn written(rule: &RuleFile) -> Value {
    serde_json::to_value(&rule.rule).expect("a rule is plain data with text keys")
}

/// The smallest change of each threshold that turns the answer of an area.
///
/// Shape: one tip a threshold, in the order of the rule. A number that the rule does not allow,
/// such as a share above 1, ends the search in its direction.
pub(super) fn threshold_tips(
    rule: &RuleFile,
    facts: Facts<'_>,
    now: &Selection,
    area_idx: usize,
) -> Vec<Tip> {
    let is_selected = now.outcomes()[area_idx] == Truth::True;
    let tree = written(rule);
    thresholds(rule)
        .into_iter()
        .filter_map(|path| {
            let number = tree.pointer(&format!("/{}", path.replace('.', "/")))?;
            let with = |x: &Value| {
                let changed = with_threshold(rule, &path, x)?;
                select(&changed, facts).ok()
            };
            let answer = |x: &Value| Some(with(x)?.outcomes()[area_idx] == Truth::True);
            let (point, range) = match number.as_u64() {
                Some(count) => counted(count, is_selected, &answer),
                None => measured(number.as_f64()?, is_selected, &answer),
            };
            // The criterion whose limit another number moves tells what it is about.
            let probe = point.map_or(range[1], |point: TippingPoint| point.turns);
            let probe =
                if number.is_u64() { Value::from(probe as u64) } else { Value::from(probe) };
            let title = with(&probe)
                .and_then(|other| changed(&now.finding(area_idx), &other.finding(area_idx)))
                .map_or_else(|| Text::same(path.clone()), |label| named(&label, &path));
            let id = path.as_str().into();
            let from = number.as_f64()?;
            Some(Tip { moved: Moved::Threshold, id, title, from, range, point })
        })
        .collect()
}

fn named(label: &Text, path: &str) -> Text {
    Text { nb: format!("{} ({path})", label.nb), en: format!("{} ({path})", label.en) }
}

/// The label of the first criterion whose limit differs.
fn changed(before: &Finding, after: &Finding) -> Option<Text> {
    let pairs = before.criteria().into_iter().zip(after.criteria());
    let mut moved = pairs.filter(|(a, b)| a.limit.to_bits() != b.limit.to_bits());
    moved.next().map(|(criterion, _)| criterion.label.clone())
}

type Found = (Option<TippingPoint>, [f64; 2]);

fn counted(from: u64, is_selected: bool, answer: &dyn Fn(&Value) -> Option<bool>) -> Found {
    let mut range = [from, from];
    let mut open = [true, true];
    for step in 1..=COUNTS {
        let sides = [from.checked_sub(step), from.checked_add(step)];
        let mut turned = None;
        for (side, at) in sides.into_iter().enumerate() {
            if !open[side] {
                continue;
            }
            match at.and_then(|at| Some((at, answer(&Value::from(at))?))) {
                None => open[side] = false,
                Some((at, now)) => {
                    if now != is_selected && turned.is_none() {
                        turned = Some((range[side], at));
                    }
                    range[side] = at;
                }
            }
        }
        if let Some((keeps, turns)) = turned {
            let point = TippingPoint { keeps: keeps as f64, turns: turns as f64 };
            return (Some(point), range.map(|x| x as f64));
        }
        if open == [false, false] {
            break;
        }
    }
    (None, range.map(|x| x as f64))
}

fn measured(from: f64, is_selected: bool, answer: &dyn Fn(&Value) -> Option<bool>) -> Found {
    let scale = if from == 0.0 { 1.0 } else { from.abs() };
    let mut range = [from, from];
    let mut points = Vec::new();
    for (side, sign) in [-1.0, 1.0].into_iter().enumerate() {
        for doubling in 0..=DOUBLINGS {
            let at = from + sign * scale * 1e-6 * 2_f64.powi(doubling);
            let Some(now) = answer(&Value::from(at)) else { break };
            if now == is_selected {
                range[side] = at;
                continue;
            }
            points.extend(halved(range[side], at, is_selected, answer));
            range[side] = at;
            break;
        }
    }
    let distance = |point: &TippingPoint| (point.turns - from).abs();
    (points.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b))), range)
}

fn halved(
    mut keeps: f64,
    mut turns: f64,
    is_selected: bool,
    answer: &dyn Fn(&Value) -> Option<bool>,
) -> Option<TippingPoint> {
    let width = (turns - keeps).abs();
    while (turns - keeps).abs() > 1e-10 * width {
        let middle = f64::midpoint(keeps, turns);
        if middle == keeps || middle == turns {
            break;
        }
        if answer(&Value::from(middle))? == is_selected {
            keeps = middle;
        } else {
            turns = middle;
        }
    }
    Some(TippingPoint { keeps, turns })
}
