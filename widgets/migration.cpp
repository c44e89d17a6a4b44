#include "widgets/migration.h"

#include "widgets/plan_image.h"

namespace dotmoe {

int Migration::moved() const {
    int stayed = 0;
    for (int column = 0; column < columns; ++column) stayed += between(column, column);
    return neurons - stayed;
}

double Migration::churn() const {
    return neurons > 0 ? static_cast<double>(moved()) / neurons : 0;
}

std::optional<Migration> migrationBetween(const PlanSnapshot* from, const PlanSnapshot* to) {
    if (!from || !to || !isConsistent(*from) || !isConsistent(*to)) return std::nullopt;
    if (from->neurons != to->neurons || from->columns != to->columns) return std::nullopt;
    const auto columns = static_cast<std::size_t>(from->columns);
    Migration migration{from->neurons, from->columns, std::vector<int>(columns * columns, 0)};
    for (std::size_t neuron = 0; neuron < from->owner.size(); ++neuron)
        ++migration.flow[static_cast<std::size_t>(from->owner[neuron]) * columns +
                         static_cast<std::size_t>(to->owner[neuron])];
    return migration;
}

std::vector<Band> bandsOf(const Migration& migration) {
    std::vector<Band> bands;
    const double one = migration.neurons > 0 ? 1.0 / migration.neurons : 0;
    double left = 0;
    for (int from = 0; from < migration.columns; ++from)
        for (int to = 0; to < migration.columns; ++to) {
            const int neurons = migration.between(from, to);
            if (neurons == 0) continue;
            bands.push_back({from, to, neurons, left, 0, neurons * one});
            left += neurons * one;
        }
    // They lie ordered by where they come from, as each column's arrivals shall be.
    double right = 0;
    for (int to = 0; to < migration.columns; ++to)
        for (Band& band : bands) {
            if (band.to != to) continue;
            band.right = right;
            right += band.height;
        }
    return bands;
}

}  // namespace dotmoe
