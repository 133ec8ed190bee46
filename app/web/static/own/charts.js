/* Charts of the statistics pages. A chart is drawn from the table it names, so that it can say nothing else:
   a head cell with data-series is a series (bar, line, mark), its data-tone the colour; the first cell of a row is the
   category. A cell may give its number as data-value where its text is not one; rows with data-unchart are left out. */
"use strict";

(() => {
  const COLOURS = {
    late: "#b3261e", near: "#d98a00", fine: "#2f8a57", paused: "#8a96a3", plain: "#0b4a8f", rate: "#0b4a8f",
    "met-on_time": "#2f8a57", "met-late": "#d98a00", "met-overdue": "#b3261e", "met-open": "#8a96a3",
  };
  const INK = "#1f2933", SOFT = "#4a5764", LINE = "#d5dce4", ROW = 30;

  function number(cell) {
    const found = Number.parseFloat(cell.dataset.value ?? cell.textContent);
    return Number.isNaN(found) ? null : found;
  }

  function read(table) {
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows].filter((row) => !("unchart" in row.dataset));
    return {
      categories: rows.map((row) => row.cells[0].innerText.trim()),
      series: heads.flatMap((head, place) => head.dataset.series ? [{
        form: head.dataset.series, tone: head.dataset.tone, name: head.textContent.trim(),
        values: rows.map((row) => number(row.cells[place])),
      }] : []),
    };
  }

  /* In a row of stacked bars only those that are wide enough bear their number. */
  function smallest(found, across, stacked) {
    if (!stacked) return 1;
    const bars = found.series.filter((item) => item.form === "bar");
    const sums = found.categories.map((_, place) => bars.reduce((sum, item) => sum + (item.values[place] || 0), 0));
    return Math.max(...sums) * (across ? 0.045 : 0.07);
  }

  /* Months and weeks as short as an axis needs them: 12月, with the year where it begins; 11.23. */
  function short(name, place) {
    const month = /^(\d{4})年(\d+)月$/.exec(name), week = /^(\d+)月(\d+)日至/.exec(name);
    if (month) return place === 0 || month[2] === "1" ? `${month[2]}月\n${month[1]}` : `${month[2]}月`;
    return week ? `${week[1]}.${week[2]}` : name;
  }

  function series(item, across, stacked, least) {
    const colour = COLOURS[item.tone];
    const label = { show: true, formatter: (point) => point.value && point.value >= least ? point.value : "", fontSize: 12 };
    if (item.form === "line") {
      return {
        type: "line", name: item.name, data: item.values, yAxisIndex: 1, symbol: "circle", symbolSize: 7,
        connectNulls: true, color: colour, z: 5, tooltip: { valueFormatter: (value) => value == null ? "—" : `${value}%` },
      };
    }
    if (item.form === "mark") {
      return {
        type: "scatter", name: item.name, data: item.values, symbol: "rect", symbolSize: across ? [4, 22] : [22, 4],
        color: colour, z: 6, itemStyle: { opacity: 1 },
      };
    }
    return {
      type: "bar", name: item.name, data: item.values, stack: stacked ? "all" : null, color: colour, barMaxWidth: 26,
      label: stacked ? { ...label, color: "#fff", position: "inside", textBorderColor: colour, textBorderWidth: 2 }
        : { ...label, color: INK, position: across ? "right" : "top" },
      labelLayout: { hideOverlap: true },
    };
  }

  function options(found, across, stacked, narrow) {
    const categories = {
      type: "category", data: found.categories, inverse: across, axisTick: { show: false },
      axisLabel: { color: INK, ...(across ? { width: narrow ? 84 : 140, overflow: "break", lineHeight: 14 } : { formatter: short, interval: 0 }) },
      axisLine: { lineStyle: { color: SOFT } },
    };
    const values = { type: "value", minInterval: 1, axisLabel: { color: SOFT }, splitLine: { lineStyle: { color: LINE } } };
    const rate = { type: "value", min: 0, max: 100, axisLabel: { color: SOFT, formatter: "{value}%" }, splitLine: { show: false } };
    const hasRate = found.series.some((item) => item.form === "line");
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
      grid: { left: 8, right: across ? 28 : 8, top: narrow && found.series.length > 3 ? 68 : 44, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: INK } },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true },
      xAxis: across ? values : categories,
      yAxis: across ? categories : hasRate ? [values, rate] : values,
      series: found.series.map((item) => series(item, across, stacked, smallest(found, across, stacked))),
    };
  }

  function draw(place) {
    const table = document.getElementById(place.dataset.table);
    if (!table) return;
    const found = read(table), across = place.dataset.chart === "bars", stacked = "stacked" in place.dataset;
    if (!found.categories.length) return;
    const bars = stacked ? 1 : Math.max(1, found.series.filter((item) => item.form === "bar").length);
    place.classList.add("drawn");
    if (across) place.style.height = `${Math.max(160, found.categories.length * (bars > 1 ? bars * 20 + 10 : ROW) + 64)}px`;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    const show = () => chart.setOption(options(found, across, stacked, place.clientWidth < 420), true);
    show();
    new ResizeObserver(() => { chart.resize(); show(); }).observe(place);
    window.addEventListener("beforeprint", () => chart.resize());
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
