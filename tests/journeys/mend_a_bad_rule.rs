//! Somebody writes a rule with a mistake in it, and is told where it is and what to do.

use crate::harness::{Said, folder, levekaar};

const TABLE: &str =
    "area,pop,low_income,no_work\na,900,12,5\nb,1200,30,9\nc,2000,22,14\nd,400,8,3\n";

const FACTS: &str = "\
[[fact]]
id = \"low_income\"
title = { nb = \"Lavinntekt\", en = \"Low income\" }
unit = \"%\"
[[fact]]
id = \"no_work\"
title = { nb = \"Uten arbeid\", en = \"Out of work\" }
unit = \"%\"
";

/// What `levekaar select` says of a rule with this body, of which line 1 is line 5 of the file.
fn said(body: &str) -> Said {
    let rule = format!(
        "version = 1\nid = \"r\"\ntitle = {{ nb = \"R\", en = \"R\" }}\nsource = \"test\"\n{body}\n{FACTS}"
    );
    let folder = folder(&[("t.csv", TABLE.as_bytes()), ("my-rule.toml", rule.as_bytes())]);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let args = ["select", &at("t.csv"), "--rule", &at("my-rule.toml"), "--population", "pop"];
    let said = levekaar(&args);
    // Long lines are wrapped in a frame.
    let err = said.err.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    Said { err, ..said }
}

fn over(fact: &str, limit: &str) -> String {
    format!(
        "{{ compare = {{ fact = {{ indicator = \"{fact}\" }}, op = \">\", limit = {{ value = {limit} }} }} }}"
    )
}

/// What cannot be meant: file, line and what to do, exit code 1, and no row of a result.
#[test]
fn what_cannot_be_meant_is_an_error_with_its_line() {
    let rule =
        format!("[rule]\nall = [\n  {},\n  {},\n]", over("low_income", "20"), over("no_wrk", "8"));
    let k = format!(
        "[rule.at-least]\nk = 3\nof = [\n  {},\n  {},\n]",
        over("low_income", "20"),
        over("no_work", "8")
    );
    let criteria = "[rule]\nany = [{ criterion = \"poor\" }]\n";
    let contradiction = format!(
        "[rule]\nall = [\n  {},\n  {},\n]",
        over("low_income", "20"),
        over("low_income", "10").replace('>', "<")
    );
    let tier = |id: &str, within: &str| {
        format!(
            "[[tier]]\nid = \"{id}\"\nwithin = \"{within}\"\ntitle = {{ nb = \"T\", en = \"T\" }}\nrule = {}\n",
            over("no_work", "8")
        )
    };
    let circle = format!(
        "rule = {}\n{}{}",
        over("low_income", "20"),
        tier("one", "two"),
        tier("two", "one")
    );
    let percentile = "[rule.compare]\nfact = { indicator = \"low_income\" }\nas = { percentile = { share = \"rank-over-n\", ties = \"average\" } }\nop = \">=\"\nlimit = { value = 90 }";
    let between = "[rule.between]\nfact = { indicator = \"low_income\" }\nfrom = { value = 30 }\nto = { value = 20 }";
    for (body, line, message, help) in [
        (rule.as_str(), 8, "the indicator `no_wrk`", "did you mean `no_work`?"),
        (k.as_str(), 6, "it asks for 3 of 2 parts", "`k` is a number from 1 to 2"),
        (
            &format!("{criteria}[criteria.por]\nrule = {}", over("low_income", "20")),
            6,
            "there is no criterion `poor`",
            "did you mean `por`?",
        ),
        (&circle, 6, "it goes in a circle", "let one of them not refer to the other"),
        (
            "[rule.worst]\ntake = { share-of-areas = 20 }",
            6,
            "it takes a share of 20",
            "20 per cent is written 0.2",
        ),
        (percentile, 9, "its limit is 90, but the fact lies in 0..1", "90 per cent is written 0.9"),
        (
            &format!("rule = {}\n[around.neighbours]\nshare = 75", over("low_income", "20")),
            7,
            "it asks for a share of 75",
            "75 per cent is written 0.75",
        ),
        (between, 5, "nothing lies between 30 and 20", "`from` must be at most `to`"),
        (&contradiction, 8, "its limits contradict each other", "turn one operator round"),
        // Not TOML, a key that is none, a word that is none.
        ("rule = { all = [ }", 5, "", ""),
        (
            &format!("rule = {}\n[aroud]\nstays = {{ years = 1 }}", over("low_income", "20")),
            6,
            "aroud",
            "around",
        ),
        (
            &over("low_income", "20")
                .replace("{ compare", "rule = { compare")
                .replace("op = \">\"", "op = \"=>\""),
            5,
            "=>",
            ">=",
        ),
    ] {
        let said = said(body);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{body}\n{}", said.err);
        let place = format!("my-rule.toml:{line}:");
        assert!(said.err.contains(&place), "{body}\nwanted line {line}: {}", said.err);
        assert!(said.err.contains(message), "{body}\nwanted {message}: {}", said.err);
        assert!(said.err.contains(help), "{body}\nwanted {help}: {}", said.err);
    }
}

/// What can be meant and hardly is: a note with file and line, and the result all the same.
#[test]
fn what_is_hardly_meant_is_told_with_its_line() {
    let beyond = format!("\nrule = {}", over("low_income", "95"));
    for (body, line, part) in [(&beyond, "my-rule.toml:6", ["95", "30"])] {
        let said = said(body);
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(said.out.matches("not-selected").count(), 4);
        assert!(said.err.contains(line), "{body}: {}", said.err);
        for part in part {
            assert!(said.err.contains(part), "{body}, wanted {part}: {}", said.err);
        }
    }
}
