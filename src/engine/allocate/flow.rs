//! Minimum-cost flow by successive shortest paths with potentials: exact integers, no tolerance.
//!
//! Each step sends flow along a path of least cost from source to sink, found by Dijkstra's algorithm over reduced
//! costs (Edmonds and Karp 1972; Tomizawa 1971). Costs of the paths never fall from step to step, so stopping before
//! the first path that costs 0 or more leaves the flow of least cost among flows of *every* amount. Nodes at equal
//! distance are settled in descending order of their number, the sink first of all, and arcs are looked at in the order
//! they were added: the flow is a fixed function of the network as it was built.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// An arc by its number, in the order of adding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc(usize);

/// A network whose nodes are numbered from 0 along every arc: an arc leads from a lower number to a higher one.
/// So no cycle exists, and costs may be negative.
#[derive(Debug)]
pub(super) struct Network {
    nodes: usize,
    /// Two for each arc, forth and back again: the other way of `a` is `a ^ 1`.
    ways: Vec<Way>,
    tails: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Way {
    head: u32,
    room: u32,
    cost: i128,
}

impl Network {
    pub fn new(nodes: usize, arcs: usize) -> Self {
        Self { nodes, ways: Vec::with_capacity(2 * arcs), tails: Vec::with_capacity(2 * arcs) }
    }

    /// Both ends must be below `nodes`, and `from` below `to`.
    pub fn add(&mut self, from: u32, to: u32, capacity: u32, cost: i128) -> Arc {
        self.ways.extend([Way { head: to, room: capacity, cost }, Way { head: from, room: 0, cost: -cost }]);
        self.tails.extend([from, to]);
        Arc(self.ways.len() - 2)
    }

    /// What flows along an arc.
    pub fn flow(&self, arc: Arc) -> u32 {
        self.ways.get(arc.0 + 1).map_or(0, |back| back.room)
    }

    /// Sends flow from the first node to the last as long as it lowers the cost.
    pub fn minimise(&mut self) {
        let Some(sink) = self.nodes.checked_sub(1) else { return };
        let (starts, out) = self.adjacency();
        let mut potential = self.first_potentials();
        let mut search = Search::new(self.nodes);
        while search.settle(self, &starts, &out, &potential, sink) {
            // Reduced distance plus the potentials of both ends is the true cost. Who was not settled is as far as the
            // sink at least, and keeps its potential.
            let reach = search.distance[sink];
            for node in search.settled.drain(..) {
                potential[node as usize] += search.distance[node as usize] - reach;
            }
            if potential[sink] - potential[0] >= 0 {
                break;
            }
            self.push(&search.came_by, sink);
        }
    }

    /// The ways out of each node: `out[starts[n]..starts[n + 1]]`.
    fn adjacency(&self) -> (Vec<usize>, Vec<u32>) {
        let mut starts = vec![0; self.nodes + 1];
        for tail in &self.tails {
            starts[*tail as usize + 1] += 1;
        }
        for node in 0..self.nodes {
            starts[node + 1] += starts[node];
        }
        let (mut next, mut out) = (starts.clone(), vec![0; self.tails.len()]);
        for (way, tail) in (0u32..).zip(&self.tails) {
            let at = &mut next[*tail as usize];
            out[*at] = way;
            *at += 1;
        }
        (starts, out)
    }

    /// Minus the least cost from each node to the sink, by one pass against the numbering; closes the arcs to nodes
    /// that no way leads on from.
    ///
    /// Potentials from the source would do as well, but all ventures start equally far from it: these lead the first
    /// searches straight to the sink, and the later ones nearly so.
    fn first_potentials(&mut self) -> Vec<i128> {
        let mut distance: Vec<Option<i128>> = vec![None; self.nodes];
        if let Some(sink) = distance.last_mut() {
            *sink = Some(0);
        }
        let mut forth: Vec<usize> = (0..self.ways.len()).step_by(2).collect();
        forth.sort_by_key(|way| Reverse(self.tails[*way]));
        for at in forth {
            let way = &mut self.ways[at];
            let Some(rest) = distance[way.head as usize] else {
                way.room = 0;
                continue;
            };
            let tail = &mut distance[self.tails[at] as usize];
            if way.room > 0 && tail.is_none_or(|known| way.cost + rest < known) {
                *tail = Some(way.cost + rest);
            }
        }
        distance.into_iter().map(|d| -d.unwrap_or(0)).collect()
    }

    /// As much as fits along the path that was found.
    fn push(&mut self, came_by: &[u32], sink: usize) {
        let path = |ways: &[u32]| {
            let (mut path, mut node) = (Vec::new(), sink);
            while node != 0 {
                path.push(ways[node] as usize);
                node = self.tails[ways[node] as usize] as usize;
            }
            path
        };
        let path = path(came_by);
        let amount = path.iter().map(|way| self.ways[*way].room).min().unwrap_or(0);
        for way in path {
            self.ways[way].room -= amount;
            self.ways[way ^ 1].room += amount;
        }
    }
}

/// Dijkstra's algorithm from the first node, up to the sink.
struct Search {
    distance: Vec<i128>,
    came_by: Vec<u32>,
    settled: Vec<u32>,
    /// In which search a node was last reached, and last settled.
    reached_in: Vec<u32>,
    settled_in: Vec<u32>,
    turn: u32,
    /// By distance, then the higher number first.
    heap: BinaryHeap<(Reverse<i128>, u32)>,
}

impl Search {
    fn new(nodes: usize) -> Self {
        Self {
            distance: vec![0; nodes],
            came_by: vec![0; nodes],
            settled: Vec::new(),
            reached_in: vec![0; nodes],
            settled_in: vec![0; nodes],
            turn: 0,
            heap: BinaryHeap::new(),
        }
    }

    /// Whether the sink can be reached.
    fn settle(&mut self, net: &Network, starts: &[usize], out: &[u32], potential: &[i128], sink: usize) -> bool {
        self.turn += 1;
        self.heap.clear();
        self.settled.clear();
        self.heap.push((Reverse(0), 0));
        (self.distance[0], self.reached_in[0]) = (0, self.turn);
        // Nobody farther than a known way to the sink is settled before it.
        let mut bound = i128::MAX;
        while let Some((Reverse(distance), node)) = self.heap.pop() {
            let at = node as usize;
            if self.settled_in[at] == self.turn {
                continue;
            }
            self.settled_in[at] = self.turn;
            self.settled.push(node);
            if at == sink {
                return true;
            }
            let base = distance + potential[at];
            for way_no in &out[starts[at]..starts[at + 1]] {
                let way = &net.ways[*way_no as usize];
                let head = way.head as usize;
                if way.room == 0 || self.settled_in[head] == self.turn {
                    continue;
                }
                let reach = base + way.cost - potential[head];
                if reach >= bound {
                    continue;
                }
                if head == sink {
                    bound = reach;
                }
                if self.reached_in[head] != self.turn || reach < self.distance[head] {
                    (self.distance[head], self.came_by[head], self.reached_in[head]) = (reach, *way_no, self.turn);
                    self.heap.push((Reverse(reach), way.head));
                }
            }
        }
        false
    }
}
