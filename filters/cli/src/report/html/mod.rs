//! For a browser: one page that needs nothing but itself, with filters and a histogram.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use sha2::{Digest, Sha256};

use super::bounded::{Bounded, Limit};
use super::{End, Found, Reporter, Severity, advice};
use crate::context::MASK;
use crate::failure::plural;
use crate::html::escaped;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");
/// Bars of the histogram.
const BARS: usize = 12;
/// More rows than that a browser does not filter while somebody types.
const LIMIT: Limit = Limit { entries: 20_000, bytes: 64_000_000 };

/// Writes the page at the end.
pub(super) struct Html {
    rows: Bounded,
    /// Findings by rule and by severity, that count.
    by_rule: BTreeMap<String, u64>,
    by_severity: [u64; 4],
    suppressed: u64,
}

impl Html {
    pub(super) fn new() -> Self {
        Html { rows: Bounded::new(LIMIT), by_rule: BTreeMap::new(), by_severity: [0; 4], suppressed: 0 }
    }
}

impl Reporter for Html {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        let severity = found.severity();
        if found.suppression.is_some() {
            self.suppressed += 1;
        } else {
            *self.by_rule.entry(found.rule.id.clone()).or_default() += 1;
            self.by_severity[severity as usize] += 1;
        }
        let gravity = if found.suppression.is_some() { Severity::Low } else { severity };
        self.rows.push(gravity, row(found, severity));
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, end: &End) -> io::Result<Option<String>> {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT));
        let when = end.ended.strftime("%Y-%m-%d %H:%M:%S");
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<title>Tamis report</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <header><h1>Tamis report</h1><p class=\"faint\">{} · {when} UTC</p>",
            escaped(&end.summary)
        )?;
        if !end.complete {
            write!(out, "<p class=\"incomplete\">Not complete: something could not be read.</p>")?;
        }
        write!(out, "</header>\n{}{}", self.histogram(), self.filters())?;
        let all = self.rows.count();
        let (rows, left_out) = self.rows.fit();
        let none = if all == 0 { "<p>Nothing was found.</p>" } else { "" };
        write!(
            out,
            "{none}<table id=\"findings\"><thead><tr><th>severity<th>place<th>what<th>confidence<th>fingerprint<th>to do</thead>\n<tbody>\n{}</tbody></table>\n\
             <p id=\"shown\" class=\"faint\"></p>\n</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
            rows.concat()
        )?;
        let count = plural(all as u64, "finding");
        Ok((left_out > 0).then(|| format!("the page lists the gravest {} of {count}", all - left_out)))
    }
}

impl Html {
    /// Bars by severity and by rule: the longest is all of the width.
    fn histogram(&self) -> String {
        let severities =
            Severity::ALL.map(|severity| (severity.as_str().to_owned(), self.by_severity[severity as usize], severity.as_str()));
        let mut rules: Vec<(String, u64, &str)> = self.by_rule.iter().map(|(rule, count)| (rule.clone(), *count, "rule")).collect();
        rules.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        let more = rules.len().saturating_sub(BARS);
        let mut html = String::from("<section class=\"charts\">");
        for (title, bars) in [("By severity", &severities[..]), ("By rule", &rules[..rules.len().min(BARS)])] {
            let most = bars.iter().map(|(_, count, _)| *count).max().unwrap_or(0).max(1);
            // Writing into a string does not fail.
            let _ = write!(html, "<div class=\"chart\"><h2>{title}</h2>");
            for (name, count, kind) in bars {
                let _ = write!(
                    html,
                    "<div class=\"bar\"><span class=\"name\">{0}</span><span class=\"track\"><span class=\"fill {kind}\" style=\"width:{1}%\"></span></span><b>{count}</b></div>",
                    escaped(name),
                    count * 100 / most
                );
            }
            html += "</div>";
        }
        if more > 0 {
            let _ = write!(html, "<p class=\"faint\">and {}</p>", plural(more as u64, "more rule"));
        }
        html + "</section>\n"
    }

    fn filters(&self) -> String {
        let mut html = String::from(
            "<form id=\"filters\"><label>Search <input id=\"text\" type=\"search\" placeholder=\"path, rule, fingerprint\"></label>",
        );
        for severity in Severity::ALL {
            let _ = write!(
                html,
                "<label><input type=\"checkbox\" data-severity=\"{0}\" checked> {0} ({1})</label>",
                severity.as_str(),
                self.by_severity[severity as usize]
            );
        }
        let _ = write!(html, "<label><input type=\"checkbox\" id=\"suppressed\"> suppressed ({})</label>", self.suppressed);
        html + "<label>Rule <select id=\"rule\"><option value=\"\">all</option></select></label></form>\n"
    }
}

fn row(found: &Found<'_>, severity: Severity) -> String {
    let (rule, located) = (found.rule, found.located());
    let suppression = found.suppression.map(|suppression| format!("<div class=\"why\">suppressed: {}</div>", escaped(&suppression.why())));
    let commit = found.place.commit.map(|_| format!("<div class=\"faint\">{}</div>", escaped(&super::human::history(found.place))));
    let rotate = rule.revoke.as_ref().filter(|url| url.starts_with("https://"));
    let rotate = rotate.map(|url| format!(" <a href=\"{}\" rel=\"noreferrer\">rotate it</a>", escaped(url)));
    let place = format!("{}:{}:{}", escaped(&found.name()), located.start.line, located.start.column);
    let place = match found.place.link {
        Some(link) => format!("<a href=\"{}\" rel=\"noreferrer\">{place}</a>", escaped(link)),
        None => place,
    };
    let mark = format!("<mark>{MASK}</mark>");
    format!(
        "<tr data-severity=\"{severity}\" data-rule=\"{id}\" data-suppressed=\"{is_suppressed}\"{hidden}><td><span class=\"badge {severity}\">{severity}</span>\
         <td>{place}{commit}<pre>{before}{mark}{after}</pre>{suppression}<td>{title}<div class=\"faint\">{id} · {class}</div><td>{confidence}\
         <div class=\"faint\">{why}</div><td><code title=\"{print}\">{short}</code><td>{fix}{rotate}\n",
        severity = severity.as_str(),
        id = escaped(&rule.id),
        is_suppressed = found.suppression.is_some(),
        hidden = if found.suppression.is_some() { " hidden" } else { "" },
        commit = commit.unwrap_or_default(),
        before = escaped(&found.excerpt.before),
        after = escaped(&found.excerpt.after),
        suppression = suppression.unwrap_or_default(),
        title = escaped(&rule.title),
        class = escaped(&rule.class),
        confidence = located.finding.confidence.as_str(),
        why = escaped(&advice::reason(found)),
        print = located.fingerprint,
        short = located.fingerprint.short(),
        fix = advice::fix(rule),
        rotate = rotate.unwrap_or_default(),
    )
}
