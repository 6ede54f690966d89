import dagre from "@dagrejs/dagre";
import type { Graph } from "./grouping";

export const node_size = { width: 190, height: 68 };

export interface Place {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  nodes: Map<string, Place>;
  /** The path of each edge, from producer to consumer, as SVG writes it. */
  edges: Map<string, { path: string; middle: Place }>;
}

/** A soft curve through the points. */
function curve(points: Place[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x.toFixed(1)},${first.y.toFixed(1)}`;
  let before = first;
  for (const next of rest) {
    const bend = (next.x - before.x) / 2;
    path +=
      ` C${(before.x + bend).toFixed(1)},${before.y.toFixed(1)}` +
      ` ${(next.x - bend).toFixed(1)},${next.y.toFixed(1)}` +
      ` ${next.x.toFixed(1)},${next.y.toFixed(1)}`;
    before = next;
  }
  return path;
}

/** Room for what is written at an edge: no two of them lie on each other. */
const label_size = { width: 92, height: 18 };

/** Producers left, consumers right: events go with the reading. */
export function lay_out(graph: Graph): Layout {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({
    rankdir: "LR",
    nodesep: 26,
    ranksep: 22,
    edgesep: 12,
    marginx: 14,
    marginy: 24,
  });
  for (const node of graph.nodes) drawing.setNode(node.id, { ...node_size });
  for (const edge of graph.edges) {
    drawing.setEdge(edge.from, edge.to, { ...label_size, labelpos: "c" });
  }
  dagre.layout(drawing);

  const nodes = new Map<string, Place>();
  for (const node of graph.nodes) {
    const { x, y } = drawing.node(node.id) as Place;
    nodes.set(node.id, { x, y });
  }
  const half = node_size.width / 2;
  const edges = new Map<string, { path: string; middle: Place }>();
  for (const edge of graph.edges) {
    const from = nodes.get(edge.from) as Place;
    const to = nodes.get(edge.to) as Place;
    const laid = drawing.edge(edge.from, edge.to) as Place & { points: Place[] };
    const is_forward = from.x < to.x;
    const start = { x: from.x + (is_forward ? half : -half), y: from.y };
    const end = { x: to.x + (is_forward ? -half : half), y: to.y };
    const middle = { x: laid.x, y: laid.y };
    // An edge over several columns keeps its bends, which lead it around what is there.
    const bends = laid.points.slice(1, -1);
    const points = bends.length > 3 ? [start, ...bends, end] : [start, middle, end];
    edges.set(edge.id, { path: curve(points), middle });
  }
  const { width = 0, height = 0 } = drawing.graph() as { width?: number; height?: number };
  return {
    width: Number.isFinite(width) ? width : 0,
    height: Number.isFinite(height) ? height : 0,
    nodes,
    edges,
  };
}
