//! Minimum-cost flow by successive shortest paths with potentials: exact integers, no tolerance.
//!
//! Each step sends flow along a path of least cost from source to sink, found by Dijkstra's algorithm over reduced
//! costs (Edmonds and Karp 1972; Tomizawa 1971). Costs of the paths never fall from step to step, so stopping before
//! the first path that costs 0 or more leaves the flow of least cost among flows of *every* amount. Nodes at equal
//! distance are settled in descending order of their number, the sink first of all, and arcs are looked at in the order
//! they were added: the flow is a fixed function of the network as it was built.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use num_traits::{PrimInt, Signed};

/// What costs are counted in: 64 bits where the sum of a path's costs fits them, for they are twice as fast, else 128.
pub(super) trait Cost: PrimInt + Signed {}

impl Cost for i64 {}
impl Cost for i128 {}

/// A network whose nodes are numbered from 0 along every arc: an arc leads from a lower number to a higher one.
/// So no cycle exists, and costs may be negative.
#[derive(Debug)]
pub(super) struct Network<C> {
    nodes: usize,
    arcs: Vec<Arc<C>>,
}

#[derive(Debug)]
struct Arc<C> {
    from: u32,
    to: u32,
    capacity: u32,
    cost: C,
}

impl<C: Cost> Network<C> {
    pub fn new(nodes: usize, arcs: usize) -> Self {
        Self { nodes, arcs: Vec::with_capacity(arcs) }
    }

    /// Both ends must be below `nodes`, and `from` below `to`.
    pub fn add(&mut self, from: u32, to: u32, capacity: u32, cost: C) {
        self.arcs.push(Arc { from, to, capacity, cost });
    }

    /// Sends flow from the first node to the last as long as it lowers the cost; gives what then flows along each arc, in the
    /// order of adding.
    pub fn minimise(mut self) -> Vec<u32> {
        let Some(sink) = self.nodes.checked_sub(1) else { return vec![0; self.arcs.len()] };
        let mut potential = self.first_potentials();
        let mut residual = Residual::new(&self);
        let mut search = Search::new(self.nodes);
        while search.settle(&residual, &potential, sink) {
            // Reduced distance plus the potentials of both ends is the true cost. Who was not settled is as far as the
            // sink at least, and keeps its potential.
            let reach = search.distance[sink];
            for node in search.settled.drain(..) {
                let at = node as usize;
                potential[at] = potential[at] + search.distance[at] - reach;
            }
            if potential[sink] >= potential[0] {
                break;
            }
            residual.push(&search.came_by, sink);
        }
        residual.flows()
    }

    /// Minus the least cost from each node to the sink, by one pass against the numbering; closes the arcs to nodes
    /// that no way leads on from.
    ///
    /// Potentials from the source would do as well, but all ventures start equally far from it: these lead the first
    /// searches straight to the sink, and the later ones nearly so.
    fn first_potentials(&mut self) -> Vec<C> {
        let mut distance: Vec<Option<C>> = vec![None; self.nodes];
        if let Some(sink) = distance.last_mut() {
            *sink = Some(C::zero());
        }
        let mut backwards: Vec<usize> = (0..self.arcs.len()).collect();
        backwards.sort_by_key(|at| Reverse(self.arcs[*at].from));
        for at in backwards {
            let arc = &mut self.arcs[at];
            let Some(rest) = distance[arc.to as usize] else {
                arc.capacity = 0;
                continue;
            };
            let tail = &mut distance[arc.from as usize];
            if arc.capacity > 0 && tail.is_none_or(|known| arc.cost + rest < known) {
                *tail = Some(arc.cost + rest);
            }
        }
        distance.into_iter().map(|d| -d.unwrap_or(C::zero())).collect()
    }
}

/// Where more can flow, and where what flows can be taken back.
struct Residual<C> {
    /// The ways out of a node stand side by side: `ways[starts[n]..starts[n + 1]]`, in the order in which arcs were added.
    ways: Vec<Way<C>>,
    starts: Vec<usize>,
    /// For each arc, its way forth.
    forth: Vec<u32>,
}

struct Way<C> {
    head: u32,
    /// The other way of the same arc.
    other: u32,
    room: u32,
    cost: C,
}

impl<C: Cost> Residual<C> {
    fn new(network: &Network<C>) -> Self {
        let mut starts = vec![0; network.nodes + 1];
        for arc in &network.arcs {
            starts[arc.from as usize + 1] += 1;
            starts[arc.to as usize + 1] += 1;
        }
        for node in 0..network.nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        // At most 2²¹ nodes, and two ways for each pair of them.
        let mut place = |node: u32| {
            let at = &mut next[node as usize];
            *at += 1;
            u32::try_from(*at - 1).unwrap_or(u32::MAX)
        };
        let places: Vec<(u32, u32)> = network.arcs.iter().map(|arc| (place(arc.from), place(arc.to))).collect();
        let mut ways: Vec<Way<C>> = Vec::new();
        ways.resize_with(2 * places.len(), || Way { head: 0, other: 0, room: 0, cost: C::zero() });
        for (arc, (forth, back)) in network.arcs.iter().zip(&places) {
            ways[*forth as usize] = Way { head: arc.to, other: *back, room: arc.capacity, cost: arc.cost };
            ways[*back as usize] = Way { head: arc.from, other: *forth, room: 0, cost: -arc.cost };
        }
        Self { ways, starts, forth: places.into_iter().map(|(forth, _)| forth).collect() }
    }

    /// As much as fits along the path that was found.
    fn push(&mut self, came_by: &[u32], sink: usize) {
        let (mut path, mut node) = (Vec::new(), sink);
        while node != 0 {
            let way = came_by[node] as usize;
            path.push(way);
            node = self.ways[self.ways[way].other as usize].head as usize;
        }
        let amount = path.iter().map(|way| self.ways[*way].room).min().unwrap_or(0);
        for way in path {
            self.ways[way].room -= amount;
            let other = self.ways[way].other as usize;
            self.ways[other].room += amount;
        }
    }

    /// What can be taken back is what flows.
    fn flows(&self) -> Vec<u32> {
        let back = |forth: &u32| self.ways[self.ways[*forth as usize].other as usize].room;
        self.forth.iter().map(back).collect()
    }
}

/// Dijkstra's algorithm from the first node, up to the sink.
struct Search<C> {
    distance: Vec<C>,
    came_by: Vec<u32>,
    settled: Vec<u32>,
    /// In which search a node was last reached, and last settled.
    reached_in: Vec<u32>,
    settled_in: Vec<u32>,
    turn: u32,
    /// By distance, then the higher number first.
    heap: BinaryHeap<(Reverse<C>, u32)>,
}

impl<C: Cost> Search<C> {
    fn new(nodes: usize) -> Self {
        Self {
            distance: vec![C::zero(); nodes],
            came_by: vec![0; nodes],
            settled: Vec::new(),
            reached_in: vec![0; nodes],
            settled_in: vec![0; nodes],
            turn: 0,
            heap: BinaryHeap::new(),
        }
    }

    /// Whether the sink can be reached.
    fn settle(&mut self, residual: &Residual<C>, potential: &[C], sink: usize) -> bool {
        self.turn += 1;
        self.heap.clear();
        self.settled.clear();
        self.heap.push((Reverse(C::zero()), 0));
        (self.distance[0], self.reached_in[0]) = (C::zero(), self.turn);
        // Nobody farther than a known way to the sink is settled before it.
        let mut bound = C::max_value();
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
            let out = residual.starts[at]..residual.starts[at + 1];
            // At most 2²¹ nodes, and two ways for each pair of them.
            let number = u32::try_from(out.start).unwrap_or(u32::MAX);
            for (way_no, way) in (number..).zip(&residual.ways[out]) {
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
                    (self.distance[head], self.came_by[head], self.reached_in[head]) = (reach, way_no, self.turn);
                    self.heap.push((Reverse(reach), way.head));
                }
            }
        }
        false
    }
}
