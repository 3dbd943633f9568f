'use strict';
(() => {
  const rows = [...document.querySelectorAll('#findings tbody tr')];
  const text = document.getElementById('text');
  const rule = document.getElementById('rule');
  const suppressed = document.getElementById('suppressed');
  const severities = [...document.querySelectorAll('input[data-severity]')];
  for (const name of [...new Set(rows.map((row) => row.dataset.rule))].sort()) {
    rule.append(new Option(name, name));
  }
  const filter = () => {
    const wanted = new Set(severities.filter((box) => box.checked).map((box) => box.dataset.severity));
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const found = row.textContent.toLowerCase() + ' ' + (row.querySelector('code')?.title ?? '');
      const keep = wanted.has(row.dataset.severity) &&
        (!rule.value || row.dataset.rule === rule.value) &&
        (suppressed.checked || row.dataset.suppressed === 'false') &&
        words.every((word) => found.includes(word));
      row.hidden = !keep;
      shown += keep;
    }
    document.getElementById('shown').textContent = `${shown} of ${rows.length} shown`;
  };
  document.getElementById('filters').addEventListener('submit', (event) => event.preventDefault());
  document.getElementById('filters').addEventListener('input', filter);
  filter();
})();
