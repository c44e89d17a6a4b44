#include "widgets/plan_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

#include "widgets/colour_maps.h"

namespace dotmoe {
namespace {

std::span<const float> softRow(const PlanSnapshot& plan, int neuron) {
    const auto columns = static_cast<std::size_t>(plan.columns);
    return std::span(plan.soft).subspan(static_cast<std::size_t>(neuron) * columns, columns);
}

void massesOfRow(const PlanSnapshot& plan, PlanMode mode, int neuron, std::vector<float>& masses) {
    const auto owner = static_cast<std::size_t>(plan.owner[static_cast<std::size_t>(neuron)]);
    if (mode == PlanMode::hard) {
        std::ranges::fill(masses, 0.0F);
    } else {
        std::ranges::copy(softRow(plan, neuron), masses.begin());
    }
    if (mode == PlanMode::hard) masses[owner] = 1;
    if (mode == PlanMode::difference) masses[owner] -= 1;
}

bool isStronger(float mass, float than) {
    return std::abs(mass) > std::abs(than);
}

using Palette = std::array<QRgb, 511>;  // -1..1 in 255 steps to either side

Palette paletteOf(PlanMode mode, bool dark) {
    Palette palette{};
    for (int i = 0; i < 511; ++i) {
        const double value = (i - 255) / 255.0;
        palette[static_cast<std::size_t>(i)] =
            mode == PlanMode::difference ? divergingColour(value, dark) : sequentialColour(value);
    }
    return palette;
}

}  // namespace

bool isConsistent(const PlanSnapshot& plan) {
    if (plan.neurons <= 0 || plan.columns <= 0) return false;
    const auto neurons = static_cast<std::size_t>(plan.neurons),
               columns = static_cast<std::size_t>(plan.columns);
    return plan.soft.size() == neurons * columns && plan.owner.size() == neurons &&
           plan.margin.size() == neurons && std::ranges::all_of(plan.owner, [&](std::int32_t owner) {
               return owner >= 0 && owner < plan.columns;
           });
}

PlanOrder orderByOwner(const PlanSnapshot& plan) {
    PlanOrder order;
    order.neuronAtRow.resize(static_cast<std::size_t>(plan.neurons));
    order.rowOfNeuron.resize(order.neuronAtRow.size());
    std::iota(order.neuronAtRow.begin(), order.neuronAtRow.end(), 0);
    const auto owner = [&](std::int32_t neuron) { return plan.owner[static_cast<std::size_t>(neuron)]; };
    const auto mass = [&](std::int32_t neuron) {
        return softRow(plan, neuron)[static_cast<std::size_t>(owner(neuron))];
    };
    std::ranges::stable_sort(order.neuronAtRow, [&](std::int32_t a, std::int32_t b) {
        return owner(a) != owner(b) ? owner(a) < owner(b) : mass(a) > mass(b);
    });
    for (std::size_t row = 0; row < order.neuronAtRow.size(); ++row) {
        order.rowOfNeuron[static_cast<std::size_t>(order.neuronAtRow[row])] = static_cast<std::int32_t>(row);
    }
    return order;
}

double planMass(const PlanSnapshot& plan, PlanMode mode, int neuron, int column) {
    const double soft = softRow(plan, neuron)[static_cast<std::size_t>(column)];
    const double hard = plan.owner[static_cast<std::size_t>(neuron)] == column ? 1 : 0;
    switch (mode) {
        case PlanMode::soft:
            return soft;
        case PlanMode::hard:
            return hard;
        case PlanMode::difference:
            return soft - hard;
    }
    return 0;
}

double planScale(const PlanSnapshot& plan, PlanMode mode) {
    if (mode == PlanMode::hard) return 1;
    std::vector<float> masses(static_cast<std::size_t>(plan.columns));
    float largest = 0;
    for (int neuron = 0; neuron < plan.neurons; ++neuron) {
        massesOfRow(plan, mode, neuron, masses);
        for (const float mass : masses) largest = std::max(largest, std::abs(mass));
    }
    if (!(largest > 0)) return 1;
    const double decade = std::pow(10.0, std::floor(std::log10(static_cast<double>(largest))));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (largest <= step * decade * 1.000001) return step * decade;
    }
    return 10 * decade;
}

PlanCell strongestCell(const PlanSnapshot& plan, const PlanOrder& order, PlanMode mode,
                       const PlanGeometry::Cells& cells) {
    PlanCell strongest{cells.rows.first, cells.columns.first};
    double largest = -1;
    for (int row = cells.rows.first; row < cells.rows.end; ++row) {
        for (int column = cells.columns.first; column < cells.columns.end; ++column) {
            const int neuron = order.neuronAtRow[static_cast<std::size_t>(row)];
            const double mass = std::abs(planMass(plan, mode, neuron, column));
            if (mass > largest) {
                largest = mass;
                strongest = {row, column};
            }
        }
    }
    return strongest;
}

QImage planImage(const PlanSnapshot& plan, const PlanOrder& order, PlanMode mode,
                 const PlanGeometry& geometry, double scale, bool dark) {
    QImage image(geometry.area.size(), QImage::Format_RGB32);
    if (image.isNull()) return image;
    const Palette palette = paletteOf(mode, dark);
    const PooledAxis down = geometry.vertical();
    // Columns are pooled into slots: a pixel each where there are more columns than pixels, else a column
    // each.
    const PooledAxis pooling{geometry.columns, std::min(geometry.columns, image.width())};
    const PooledAxis drawing{pooling.pixels, image.width()};
    std::vector<int> slotOf(static_cast<std::size_t>(geometry.columns));
    for (int column = 0; column < geometry.columns; ++column) {
        slotOf[static_cast<std::size_t>(column)] = pooling.pixelsOf(column).first;
    }

    std::vector<float> masses(static_cast<std::size_t>(plan.columns));
    std::vector<float> pooled(static_cast<std::size_t>(pooling.pixels));
    IndexRange drawn{-1, -1};
    for (int y = 0; y < image.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        const IndexRange rows = down.cellsAt(y);
        if (rows == drawn) {  // a cell some pixels high
            std::copy_n(reinterpret_cast<const QRgb*>(image.constScanLine(y - 1)), image.width(), line);
            continue;
        }
        drawn = rows;
        std::ranges::fill(pooled, 0.0F);
        for (int row = rows.first; row < rows.end; ++row) {
            const auto inPlan = static_cast<std::size_t>(geometry.firstRow + row);
            massesOfRow(plan, mode, order.neuronAtRow[inPlan], masses);
            for (std::size_t column = 0; column < slotOf.size(); ++column) {
                const float mass = masses[static_cast<std::size_t>(geometry.firstColumn) + column];
                float& slot = pooled[static_cast<std::size_t>(slotOf[column])];
                if (isStronger(mass, slot)) slot = mass;
            }
        }
        for (int slot = 0; slot < pooling.pixels; ++slot) {
            const double value = std::clamp(pooled[static_cast<std::size_t>(slot)] / scale, -1.0, 1.0);
            const IndexRange pixels = drawing.pixelsOf(slot);
            std::fill(line + pixels.first, line + pixels.end,
                      palette[static_cast<std::size_t>(255 + std::lround(255 * value))]);
        }
    }
    return image;
}

}  // namespace dotmoe
