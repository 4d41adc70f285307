//! Charts, drawn here: bars that stand on each other, one for each point in time, a line for a share, and bars for shares of
//! things that are put beside one another. Behind each stands a table of the same figures, which is what screen readers are told; the picture's own colours are the sheet's.

use super::html::Escaped;
use askama::filters::HtmlSafe;
use std::fmt;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 150.0;
/// Below the picture's ground, for the words.
const FOOT: f64 = 22.0;

#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When: `14:00`, `3 Mar`.
    pub label: String,
    /// One for each column of the chart; absent where there is nothing to tell.
    pub values: Vec<Option<f64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Bars,
    /// Shares from 0 to 1.
    Line,
    /// The same of a few things that have no order in time; each is named.
    Shares,
    /// A line for each column, of seconds.
    Times,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub name: String,
    pub form: Form,
    /// What the columns are, in the order of the values.
    pub columns: Vec<String>,
    pub points: Vec<Point>,
}

impl Chart {
    pub fn picture(&self) -> Picture<'_> {
        Picture(self)
    }

    /// A figure as the table shows it.
    pub fn figure(&self, value: Option<&f64>) -> String {
        match (value, self.form) {
            (None, _) => "–".to_owned(),
            (Some(value), Form::Bars) => format!("{value:.0}"),
            (Some(value), Form::Line | Form::Shares) => format!("{:.0} %", value * 100.0),
            // Nothing that was measured took no time.
            (Some(value), Form::Times) => format!("{:.0} ms", (value * 1000.0).ceil()),
        }
    }

    pub fn row<'a>(&'a self, point: &'a Point) -> impl Iterator<Item = String> + 'a {
        point.values.iter().map(|value| self.figure(value.as_ref()))
    }

    /// The top of the scale.
    fn top(&self) -> f64 {
        let sum = |point: &Point| point.values.iter().flatten().sum::<f64>();
        match self.form {
            Form::Bars => self.points.iter().map(sum).fold(1.0, f64::max),
            Form::Line | Form::Shares => 1.0,
            Form::Times => self.points.iter().flat_map(|point| &point.values).flatten().copied().fold(0.001, f64::max),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a chart has some hundred points")]
    fn step(&self) -> f64 {
        // One bar alone would fill the picture.
        let least = if self.form == Form::Shares { 4 } else { 1 };
        WIDTH / self.points.len().max(least) as f64
    }
}

pub struct Picture<'a>(&'a Chart);

impl HtmlSafe for Picture<'_> {}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (chart, height) = (self.0, HEIGHT + FOOT);
        write!(f, r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{}">"#, Escaped(&chart.name))?;
        write!(f, r#"<line class="ground" x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}"/>"#)?;
        match chart.form {
            Form::Bars | Form::Shares => bars(f, chart)?,
            Form::Line | Form::Times => line(f, chart)?,
        }
        if chart.form == Form::Shares {
            names(f, chart)?;
        } else {
            words(f, chart)?;
        }
        f.write_str("</svg>")
    }
}

#[expect(clippy::cast_precision_loss, reason = "a chart has some hundred points")]
fn at(chart: &Chart, index: usize) -> f64 {
    index as f64 * chart.step()
}

fn bars(f: &mut fmt::Formatter<'_>, chart: &Chart) -> fmt::Result {
    let (top, step) = (chart.top(), chart.step());
    for (index, point) in chart.points.iter().enumerate() {
        let (x, mut y) = (at(chart, index) + step * 0.1, HEIGHT);
        for (series, value) in point.values.iter().enumerate() {
            let height = value.unwrap_or_default() / top * (HEIGHT - 12.0);
            y -= height;
            if height > 0.0 {
                let (width, series) = (step * 0.8, series + 1);
                let (label, column) = (Escaped(&point.label), chart.columns.get(series - 1).map_or("", String::as_str));
                write!(
                    f,
                    r#"<rect class="series-{series}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}">"#
                )?;
                write!(f, "<title>{label}: {} {}</title></rect>", chart.figure(value.as_ref()), Escaped(column))?;
            }
        }
    }
    Ok(())
}

/// Where there is nothing to tell, the line breaks off; a point between two such places is a dot.
fn line(f: &mut fmt::Formatter<'_>, chart: &Chart) -> fmt::Result {
    let (half, top) = (chart.step() / 2.0, chart.top());
    for series in 0..chart.columns.len() {
        let places: Vec<Option<(f64, f64)>> = chart
            .points
            .iter()
            .enumerate()
            .map(|(index, point)| {
                let value = point.values.get(series).copied().flatten()?;
                Some((at(chart, index) + half, HEIGHT - value / top * (HEIGHT - 12.0)))
            })
            .collect();
        for run in places.split(Option::is_none).filter(|run| !run.is_empty()) {
            if let [Some((x, y))] = run {
                write!(f, r#"<circle class="series-{}" cx="{x:.1}" cy="{y:.1}" r="3"/>"#, series + 1)?;
                continue;
            }
            write!(f, r#"<polyline class="series-{}" points=""#, series + 1)?;
            for (x, y) in run.iter().flatten() {
                write!(f, "{x:.1},{y:.1} ")?;
            }
            f.write_str(r#""/>"#)?;
        }
    }
    Ok(())
}

/// Below each bar what it stands for.
fn names(f: &mut fmt::Formatter<'_>, chart: &Chart) -> fmt::Result {
    let (foot, half) = (HEIGHT + FOOT - 6.0, chart.step() / 2.0);
    for (index, point) in chart.points.iter().enumerate() {
        let (x, label) = (at(chart, index) + half, Escaped(&point.label));
        let figure = chart.figure(point.values.first().and_then(Option::as_ref));
        write!(f, r#"<text x="{x:.1}" y="{foot}" text-anchor="middle">{label}: {figure}</text>"#)?;
    }
    Ok(())
}

/// The scale's top, and the first, the middle and the last point's time.
fn words(f: &mut fmt::Formatter<'_>, chart: &Chart) -> fmt::Result {
    write!(f, r#"<text x="0" y="10">{}</text>"#, chart.figure(Some(&chart.top())))?;
    let foot = HEIGHT + FOOT - 6.0;
    let middle = chart.points.len() / 2;
    for (point, x, anchor) in [
        (chart.points.first(), 0.0, "start"),
        (chart.points.get(middle).filter(|_| middle > 1), WIDTH / 2.0, "middle"),
        (chart.points.last().filter(|_| chart.points.len() > 1), WIDTH, "end"),
    ] {
        if let Some(point) = point {
            write!(f, r#"<text x="{x}" y="{foot}" text-anchor="{anchor}">{}</text>"#, Escaped(&point.label))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(form: Form, values: &[&[Option<f64>]]) -> Chart {
        let point = |values: &&[Option<f64>]| Point { label: "<3>".into(), values: values.to_vec() };
        let columns = vec!["booked".into(), "lost".into()];
        Chart { name: "Calls \"today\"".into(), form, columns, points: values.iter().map(point).collect() }
    }

    #[test]
    fn bars_stand_on_each_other_and_fill_the_height() {
        let drawn = chart(Form::Bars, &[&[Some(3.0), Some(1.0)], &[None, None]]).picture().to_string();
        assert_eq!(drawn.matches("<rect").count(), 2, "{drawn}");
        assert!(drawn.contains(r#"class="series-1" x="36.0" y="46.5""#), "{drawn}");
        assert!(drawn.contains(r#"class="series-2" x="36.0" y="12.0""#), "{drawn}");
        assert!(drawn.contains("&lt;3&gt;: 3 booked") && drawn.contains("Calls &quot;today&quot;"), "{drawn}");
    }

    #[test]
    fn a_line_breaks_where_there_is_nothing_to_tell() {
        let some = |value: f64| [Some(value)];
        let (one, none, two) = (some(0.5), [None], some(1.0));
        let chart = Chart { columns: vec!["rate".into()], ..chart(Form::Line, &[&one, &none, &two, &one]) };
        let drawn = chart.picture().to_string();
        assert_eq!((drawn.matches("<polyline").count(), drawn.matches("<circle").count()), (1, 1), "{drawn}");
        assert_eq!((chart.figure(Some(&0.5)), chart.figure(None)), ("50 %".to_owned(), "–".to_owned()));
    }

    #[test]
    fn times_have_a_scale_of_their_own() {
        let [one, two] = [[Some(0.002), Some(0.02)], [Some(0.004), Some(0.04)]];
        let chart = chart(Form::Times, &[&one, &two]);
        let drawn = chart.picture().to_string();
        assert_eq!(drawn.matches("<polyline").count(), 2, "{drawn}");
        assert!(drawn.contains(",12.0 ") && drawn.contains(">40 ms<"), "{drawn}");
        assert_eq!(chart.figure(Some(&0.0004)), "1 ms");
    }

    #[test]
    fn shares_stand_beside_one_another_each_with_its_name() {
        let (half, none) = ([Some(0.5)], [None]);
        let drawn = chart(Form::Shares, &[&half, &none]).picture().to_string();
        assert_eq!(drawn.matches("<rect").count(), 1, "{drawn}");
        assert!(drawn.contains(r#"y="81.0" width="144.0" height="69.0""#), "of the whole height: {drawn}");
        assert!(drawn.contains("&lt;3&gt;: 50 %") && drawn.contains("&lt;3&gt;: –"), "{drawn}");
    }

    #[test]
    fn nothing_draws_nothing_and_breaks_nothing() {
        for form in [Form::Bars, Form::Line, Form::Shares, Form::Times] {
            let empty = chart(form, &[]);
            assert!(!empty.picture().to_string().contains("NaN"));
        }
    }
}
