//! How do colour classes stand in a file?

use std::io::{self, Write};

use super::{push_number, push_text};
use crate::classify::Classes;
use crate::classify::fit::{ClassCount, Fit};

/// The classes of one column by one method.
#[derive(Debug)]
pub struct ClassTable<'a> {
    /// The column.
    pub column: &'a str,
    /// The method's name.
    pub method: &'a str,
    /// The values.
    pub values: &'a [f64],
    /// The limits, and the class of each value.
    pub classes: &'a Classes,
    /// Areas and people of each class.
    pub counts: Vec<ClassCount>,
    /// How well the classes fit.
    pub fit: Fit,
}

/// One line a class: `column,method,class,lower,upper,n_areas[,people],n_no_class,sse,gvf,gadf`.
///
/// Class 1 is the lowest. `people` is empty where the number of any area of the class is not
/// known. The last four say the same on each line of a method.
///
/// # Errors
///
/// Those of `out`.
pub fn classes_csv(
    out: &mut (impl Write + ?Sized),
    tables: &[ClassTable<'_>],
    has_people: bool,
) -> io::Result<()> {
    let people = if has_people { ",people" } else { "" };
    let mut text =
        format!("column,method,class,lower,upper,n_areas{people},n_no_class,sse,gvf,adcm,gadf\n");
    for table in tables {
        let n_no_class = table.classes.class_of().iter().filter(|class| class.is_none()).count();
        for (class, count) in table.counts.iter().enumerate() {
            push_text(&mut text, table.column);
            text.push_str(&format!(",{},{},", table.method, class + 1));
            push_number(&mut text, count.lower);
            text.push(',');
            push_number(&mut text, count.upper);
            text.push_str(&format!(",{}", count.n_areas));
            if has_people {
                text.push(',');
                let known = count.n_people_unknown == 0;
                push_number(&mut text, if known { count.people } else { f64::NAN });
            }
            text.push_str(&format!(",{n_no_class}"));
            let fit = &table.fit;
            for x in [Some(fit.sse), fit.gvf, Some(fit.adcm), fit.gadf] {
                text.push(',');
                push_number(&mut text, x.unwrap_or(f64::NAN));
            }
            text.push('\n');
        }
    }
    out.write_all(text.as_bytes())
}

/// One line an area: `area`, each column's value, then each table's class under its name.
///
/// A class is empty where there is no value.
///
/// # Errors
///
/// Those of `out`.
pub fn assigned_csv(
    out: &mut (impl Write + ?Sized),
    ids: &[String],
    tables: &[ClassTable<'_>],
    names: &[String],
) -> io::Result<()> {
    let mut columns: Vec<(&str, &[f64])> = Vec::new();
    for table in tables {
        if columns.last().is_none_or(|(column, _)| *column != table.column) {
            columns.push((table.column, table.values));
        }
    }
    let mut text = String::from("area");
    for name in columns.iter().map(|(name, _)| *name).chain(names.iter().map(String::as_str)) {
        text.push(',');
        push_text(&mut text, name);
    }
    text.push('\n');
    for (row, id) in ids.iter().enumerate() {
        push_text(&mut text, id);
        for (_, values) in &columns {
            text.push(',');
            push_number(&mut text, values[row]);
        }
        for table in tables {
            text.push(',');
            if let Some(class) = table.classes.class_of()[row] {
                text.push_str(&(class + 1).to_string());
            }
        }
        text.push('\n');
    }
    out.write_all(text.as_bytes())
}
