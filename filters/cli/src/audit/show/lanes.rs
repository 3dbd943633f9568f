//! A session as a picture: one lane for each agent, calls as bars, decisions as marks, time from left to right.

use std::fmt::Write;

use tamis::Timestamp;
use tamis::audit::{Call, Moment, Record, Timeline, What, sentence};

use super::{clock, lasting};
use crate::html::escaped;

const LEFT: f64 = 150.0;
const WIDTH: f64 = 1000.0;
const LANE: f64 = 46.0;
const TOP: f64 = 34.0;
/// Least share of the width between two events that follow each other.
const LEAST: f64 = 14.0;

/// The picture, as SVG.
pub(super) fn picture(timeline: &Timeline) -> String {
    let lanes = lanes(timeline);
    let axis = Axis::new(timeline);
    let height = TOP + LANE * lanes.len() as f64 + 26.0;
    let total = LEFT + WIDTH + 20.0;
    let mut svg = format!("<svg class=\"lanes\" viewBox=\"0 0 {total} {height}\" role=\"img\" aria-label=\"Timeline\">");
    for (number, lane) in lanes.iter().enumerate() {
        let y = TOP + LANE * number as f64;
        let _ = write!(svg, "<rect class=\"lane\" x=\"0\" y=\"{y}\" width=\"{total}\" height=\"{}\"/>", LANE - 6.0);
        let _ = write!(svg, "<text class=\"name\" x=\"10\" y=\"{}\">{}</text>", y + LANE / 2.0 + 1.0, escaped(&short(lane)));
    }
    for turn in &timeline.turns {
        let (x, bottom) = (axis.at(turn.start), height - 26.0);
        let name = turn.id.as_ref().map_or("start".to_owned(), ToString::to_string);
        let _ = write!(svg, "<line class=\"turn\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"18\" y2=\"{bottom}\"/>");
        let _ = write!(svg, "<text class=\"tick\" x=\"{:.1}\" y=\"14\">{}</text>", x, escaped(&short(&name)));
        for moment in &turn.moments {
            let y = |agent: Option<&str>| TOP + LANE * lanes.iter().position(|lane| Some(lane.as_str()) == agent).unwrap_or(0) as f64;
            match moment {
                Moment::Call(call) => bar(&mut svg, call, &axis, y(call.agent.as_deref())),
                Moment::Event(record) => mark(&mut svg, record, axis.at(record.event.time), y(owner(record).as_deref()) + 20.0),
            }
        }
    }
    if let (Some(start), Some(end)) = (timeline.start, timeline.end) {
        let y = height - 8.0;
        let _ = write!(svg, "<text class=\"tick\" x=\"{LEFT}\" y=\"{y}\">{} UTC</text>", clock(start));
        let _ = write!(svg, "<text class=\"tick end\" x=\"{}\" y=\"{y}\">{} UTC</text>", LEFT + WIDTH, clock(end));
    }
    svg + "</svg>"
}

/// The names of the lanes: the session itself, then its agents.
fn lanes(timeline: &Timeline) -> Vec<String> {
    let mut lanes = vec!["session".to_owned()];
    lanes.extend(timeline.agents.keys().cloned());
    lanes
}

fn owner(record: &Record) -> Option<String> {
    let context = &record.event.context;
    context.ids.agent.as_ref().map(ToString::to_string).or_else(|| context.flow.agent.clone())
}

fn short(name: &str) -> String {
    if name.chars().count() <= 18 { name.to_owned() } else { name.chars().take(17).chain(['…']).collect() }
}

fn bar(svg: &mut String, call: &Call, axis: &Axis, lane: f64) {
    let (x, end) = (axis.at(call.start), axis.at(call.end));
    let width = (end - x).max(10.0);
    let kind = call.decision().map_or("none", |decision| decision.as_str());
    let tool = call.tool.as_deref().unwrap_or("tool");
    let title = format!("{tool}, {}, {}", clock(call.start), lasting(call.start, call.end));
    let y = lane + 7.0;
    let _ = write!(svg, "<g><title>{}</title>", escaped(&title));
    let _ = write!(svg, "<rect class=\"call {kind}\" x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"26\" rx=\"5\"/>");
    // A name that does not fit tells less than none.
    if width > 8.0 * tool.chars().count() as f64 {
        let _ = write!(svg, "<text class=\"tool\" x=\"{:.1}\" y=\"{}\">{}</text>", x + 6.0, y + 17.0, escaped(tool));
    }
    svg.push_str("</g>");
    for record in call.input.iter().chain(&call.output).chain(&call.more) {
        mark(svg, record, axis.at(record.event.time), y + 26.0);
    }
}

fn mark(svg: &mut String, record: &Record, x: f64, y: f64) {
    let kind = match &record.event.what {
        What::Finding(finding) => finding.decision.as_str(),
        What::SessionQuarantined(_) | What::SessionRefused(_) | What::GrantRefused(_) => "block",
        What::ExceptionUsed(_) | What::Restored(_) => "allow",
        What::Inspected(_) => return,
        _ => "none",
    };
    let title = format!("{} {}", clock(record.event.time), sentence(&record.event));
    let _ = write!(svg, "<circle class=\"mark {kind}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"><title>{}</title></circle>", escaped(&title));
}

/// Where a time stands: in proportion, but with room for each event, and long pauses cut short.
struct Axis(Vec<(Timestamp, f64)>);

impl Axis {
    fn new(timeline: &Timeline) -> Self {
        let mut times: Vec<Timestamp> = Vec::new();
        for turn in &timeline.turns {
            times.extend([turn.start, turn.end]);
            for moment in &turn.moments {
                match moment {
                    Moment::Event(record) => times.push(record.event.time),
                    Moment::Call(call) => {
                        times.extend([call.start, call.end]);
                        times.extend(call.input.iter().chain(&call.output).chain(&call.more).map(|record| record.event.time));
                    }
                }
            }
        }
        times.sort_unstable();
        times.dedup();
        // The root of a pause: a night does not push everything else into a corner.
        let pauses: Vec<f64> =
            times.windows(2).map(|pair| LEAST + (pair[1].duration_since(pair[0]).as_secs_f64() * 1000.0).sqrt()).collect();
        let scale = (WIDTH - 20.0) / pauses.iter().sum::<f64>().max(1.0);
        let mut x = LEFT;
        let mut places = Vec::with_capacity(times.len());
        for (number, time) in times.into_iter().enumerate() {
            if number > 0 {
                x += pauses[number - 1] * scale;
            }
            places.push((time, x));
        }
        Axis(places)
    }

    fn at(&self, time: Timestamp) -> f64 {
        let at = self.0.partition_point(|(known, _)| *known < time);
        self.0.get(at).or(self.0.last()).map_or(LEFT, |(_, x)| *x)
    }
}
