// The lines of a drawing whose parts have their places: each from its source out through the boxes around it, across,
// and in again to its target.

import { crossingKey } from "./plan.js";
import { angular, arc, upright } from "./paths.js";

const BESIDE = 13; // an arc around nothing swings out this far
const ASIDE = 3; // from the middle of a node's side, where one arc arrives and another leaves

/** Turns lines into {source, target, shortcut, edges, via, path, x, y, w, h}; each connector is drawn with the first line over it. */
export class Tracer {
  constructor(lines, places) {
    this.places = places;
    this.drawn = new Set();
    // The nodes that arcs begin and end at; one that comes from another column begins at the head of this one.
    const arcs = lines.filter((line) => line.arc);
    this.left = new Set(arcs.filter((line) => !changesColumn(line)).map((line) => line.source));
    this.entered = new Set(arcs.map((line) => line.target));
  }

  trace(line) {
    const legs = this.legs(line);
    const parts = legs.map((leg) => (line.arc ? this.around(line, leg) : this.straight(leg)));
    const own = parts.filter((path, nth) => path && (nth + 1 === legs.length || legs[nth].carries));
    const { source, target, shortcut, edges } = line;
    const path = own.join("");
    return { source, target, shortcut, edges, via: legs.at(-1).entry?.id ?? null, path, ...bounds(path) };
  }

  /** A line from its source to its target, cut where it comes to an entry. */
  legs(line) {
    const legs = [{ entry: null, steps: [], end: null }];
    const step = (part, link, column) => legs.at(-1).steps.push({ part, link, column: part.plan.columns[column], index: column });
    let part = this.places.get(line.source).part;
    for (; part !== line.part; part = part.parent) {
      const link = part.linkOf.get(line);
      step(part, link, part.plan.columnOf.get(link.from));
    }
    this.meet(line, legs, step);
    const inwards = [];
    for (part = this.places.get(line.target).part; part !== line.part; part = part.parent) inwards.unshift(part);
    for (const inner of inwards) {
      const link = inner.linkOf.get(line);
      const column = inner.plan.columnOf.get(link.to);
      if (inner.entries[column]) legs.push({ entry: inner.entries[column], steps: [] });
      step(inner, link, column);
    }
    return legs;
  }

  meet(line, legs, step) {
    const { part } = line;
    const link = part.linkOf.get(line);
    const [from, to] = [link.from, link.to].map((item) => part.plan.columnOf.get(item));
    step(part, link, from);
    if (from === to) return;
    const key = crossingKey(link, to);
    const connector = part.plan.connectors.get(key).map(([x, y]) => [x + part.x, y + part.y]);
    const mark = `${part.box?.group.id ?? ""} ${key}`;
    Object.assign(legs[0], { connector, carries: !this.drawn.has(mark) });
    this.drawn.add(mark);
    if (!part.entries[to]) return;
    legs.push({ entry: part.entries[to], steps: [] });
    step(part, link, to);
  }

  straight({ steps, connector }) {
    const points = steps.flatMap(({ part, link, column }) =>
      (column.routes.get(link.index) ?? []).map(([x, y]) => [x + part.x + column.x, y + part.y + column.y]),
    );
    if (!connector) return upright(points);
    // From the side of a node there is nothing to go before the connector.
    const sideways = Math.abs(connector[0][1] - connector[1][1]) < 0.01;
    return sideways ? angular(connector) : upright([...points, connector[0]]) + angular(connector, "");
  }

  around(line, { entry, steps, connector }) {
    const source = this.places.get(line.source);
    const target = this.places.get(line.target);
    const start = entry ? { x: entry.x + entry.w, y: entry.y + entry.h / 2 } : this.end(source, line.part, true);
    const lanes = steps.flatMap(({ part, link, column }) => {
      const lane = column.lanes.get(link.index);
      const [x, y] = [part.x + column.x, part.y + column.y];
      return lane ? [{ x: x + lane.x, top: y + lane.top, bottom: y + lane.bottom }] : [];
    });
    if (connector) {
      const foot = { x: connector[0][0], y: connector[0][1], upright: true };
      return arc(start, lanes.length ? lanes : [{ x: foot.x, top: start.y, bottom: start.y }], foot) + angular(connector, "");
    }
    const end = this.end(target, line.part, false);
    const clear = Math.max(start.upright ? -Infinity : start.x, end.upright ? -Infinity : end.x) + BESIDE - 4;
    if (!lanes.length) lanes.push({ x: clear + 4, top: start.y, bottom: end.y });
    const onWay = source.item.node.around || target.item.node.around;
    return arc(start, lanes.map(({ x, top, bottom }) => ({
      x: onWay ? x : Math.max(x, clear),
      top: Math.max(top, start.y),
      bottom: Math.min(bottom, end.y),
    })), end);
  }

  /** Where an arc begins or ends: at the right of a node, or below or above it where something stands beside it. */
  end({ item, part, index }, meet, lower) {
    const { x, y, w, h, node } = item;
    if (node.around || !endsRow(part, index, meet)) return { x: x + w / 2, y: lower ? y + h : y, upright: true };
    const both = this.left.has(node.id) && this.entered.has(node.id);
    return { x: x + w, y: y + h / 2 + (both ? (lower ? ASIDE : -ASIDE) : 0) };
  }
}

function changesColumn({ part, from, to }) {
  return part.plan.columnOf.get(from) !== part.plan.columnOf.get(to);
}

/** Whether an item ends its row, and so do the boxes around it, up to a part. */
function endsRow(part, index, upTo) {
  for (;;) {
    if (!part.plan.columns[part.plan.columnOf.get(index)].last.has(index)) return false;
    if (part === upTo) return true;
    [index, part] = [part.index, part.parent];
  }
}

/** The box around a path of absolute commands, control points included. */
function bounds(path) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [, command, numbers] of path.matchAll(/([MLHVCQ])([^MLHVCQ]*)/g)) {
    const values = numbers.trim().split(/\s+/).map(Number);
    values.forEach((value, nth) => {
      const isX = command === "H" || (command !== "V" && nth % 2 === 0);
      if (isX) [left, right] = [Math.min(left, value), Math.max(right, value)];
      else [top, bottom] = [Math.min(top, value), Math.max(bottom, value)];
    });
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}
