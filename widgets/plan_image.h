// A transport plan as an image: rows in blocks of one owner, pooled to pixels so that no strong cell is lost.
#pragma once

#include <QImage>
#include <cstdint>
#include <vector>

#include "events/snapshot.h"
#include "widgets/plan_geometry.h"

namespace dotmoe {

enum class PlanMode {
    soft,       ///< Sinkhorn plan P, 0..1
    hard,       ///< rounded plan M, 0 or 1
    difference  ///< P - M, -1..1: negative where the hard plan claims mass that the soft one puts elsewhere
};

/// Whether the arrays have the sizes and ranges that the counts promise. A recording may come from anywhere.
bool isConsistent(const PlanSnapshot& plan);

/// Neurons in drawing order: by owning column, then by soft mass in it, heaviest first.
struct PlanOrder {
    std::vector<std::int32_t> neuronAtRow;  ///< [N]
    std::vector<std::int32_t> rowOfNeuron;  ///< [N]
};
PlanOrder orderByOwner(const PlanSnapshot& plan);

double planMass(const PlanSnapshot& plan, PlanMode mode, int neuron, int column);
/// End of the colour scale: the largest |mass|, rounded up to 1, 2 or 5 times a power of ten so that it stays
/// put while a run goes on. 1 in hard mode.
double planScale(const PlanSnapshot& plan, PlanMode mode);

/// Where among `cells` (rows as drawn) |mass| is largest: the cell that a pooled pixel shows.
struct PlanCell {
    int row = 0, column = 0;
};
PlanCell strongestCell(const PlanSnapshot& plan, const PlanOrder& order, PlanMode mode,
                       const PlanGeometry::Cells& cells);

/// Image of geometry.area's size; colours of sequentialColour(mass / scale), in difference mode
/// divergingColour.
QImage planImage(const PlanSnapshot& plan, const PlanOrder& order, PlanMode mode,
                 const PlanGeometry& geometry, double scale, bool dark);

}  // namespace dotmoe
