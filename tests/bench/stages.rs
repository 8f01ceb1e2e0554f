//! Where does the time of one `rank` go? `cargo bench --bench stages -- 1000000`
//!
//! Makes a table of that many areas and 30 indicators in memory, then times each stage of the
//! path three times and prints the medians.

#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used, reason = "a bench")]

use std::fmt::Write;
use std::time::Instant;

use levekaar::analysis::analyse_scores;
use levekaar::index::{IndexDefinition, Plan};
use levekaar::load::{document, table};
use levekaar::project::Project;
use levekaar::validate;
use levekaar::write::{Columns, table_csv};

const N_INDICATORS: usize = 30;

fn main() {
    let n: usize = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(33_000);
    let csv = csv(n);
    let definition: IndexDefinition = document::parse("index", &definition()).unwrap();
    let project: Project = document::parse("project", PROJECT).unwrap();
    let plan = Plan::of(&definition).unwrap();
    println!("{n} areas x {N_INDICATORS} indicators, {:.1} MB of CSV", csv.len() as f64 / 1e6);
    let mut seconds: [Vec<f64>; 4] = Default::default();
    for _ in 0..3 {
        let bytes = csv.clone().into_bytes();
        let start = Instant::now();
        let request = validate::request(&project, &definition);
        let raw = table::parse_delimited("bench.csv", bytes, &request).unwrap();
        let read = Instant::now();
        let (table, notices) = validate::validate(raw, &project, &definition).unwrap();
        let validated = Instant::now();
        let analysis = analyse_scores(table, &plan, notices).unwrap();
        let computed = Instant::now();
        let mut out = Vec::new();
        table_csv(&mut out, &analysis, Columns::Rank, None, None).unwrap();
        let written = Instant::now();
        for (at, duration) in
            [read - start, validated - read, computed - validated, written - computed]
                .iter()
                .enumerate()
        {
            seconds[at].push(duration.as_secs_f64());
        }
    }
    for (name, times) in ["read", "validate", "compute and rank", "write"].iter().zip(&mut seconds)
    {
        times.sort_by(f64::total_cmp);
        println!("{name:18} {:8.3} s", times[1]);
    }
}

/// Numbers with four decimals and half a per cent of gaps, from a linear congruence.
fn csv(n: usize) -> String {
    let mut text = String::from("code");
    for at in 0..N_INDICATORS {
        write!(text, ",x{at:02}").unwrap();
    }
    let mut state = 1_u64;
    for area in 0..n {
        write!(text, "\nZ{area:07}").unwrap();
        for _ in 0..N_INDICATORS {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let draw = state >> 33;
            text.push(',');
            if !draw.is_multiple_of(200) {
                write!(text, "{}.{:04}", draw % 97, draw % 10_000).unwrap();
            }
        }
    }
    text
}

const PROJECT: &str = r#"version = 1
id = "bench"
title = { nb = "b", en = "b" }
areas = { file = "bench.csv", id = "code" }
index = { preset = "x" }
"#;

fn definition() -> String {
    let mut text = String::from(
        r#"version = 1
id = "bench"
title = { nb = "b", en = "b" }
source = "bench"
licence = "CC0-1.0"
score = { aggregate = { method = "arithmetic-mean" }, weights = { method = "equal" } }
ranking = { ties = "min" }
[defaults]
impute = { method = "median" }
treat = [{ method = "winsorise-percentiles", low = 1, high = 99 }]
normalise = { method = "z-score" }
"#,
    );
    for at in 0..N_INDICATORS {
        write!(
            text,
            "[[indicator]]\nid = \"x{at:02}\"\ntitle = {{ nb = \"x\", en = \"x\" }}\nunit = \"x\"\n\
             direction = \"higher-is-worse\"\n"
        )
        .unwrap();
    }
    text
}
