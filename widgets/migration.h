// Where the neurons of a layer went between two of its plans. No widgets: tested as a table.
#pragma once

#include <optional>
#include <vector>

#include "events/snapshot.h"

namespace dotmoe {

struct Migration {
    int neurons = 0, columns = 0;
    std::vector<int> flow;  ///< [columns, columns] row-major: neurons from one column to another

    int between(int from, int to) const { return flow[static_cast<std::size_t>(from * columns + to)]; }
    int moved() const;
    /// Share of neurons whose column changed.
    double churn() const;
};

/// Nothing where a plan is missing or inconsistent, or the two are of different sizes.
std::optional<Migration> migrationBetween(const PlanSnapshot* from, const PlanSnapshot* to);

/// A band of neurons that go the same way: its ends, as shares of the height of a side.
struct Band {
    int from = 0, to = 0, neurons = 0;
    double left = 0, right = 0;  ///< upper ends, 0..1
    double height = 0;
};

/// The two sides filled from the top, column after column without a gap; bands leave in the order of where
/// they go and arrive in the order of where they come from, so that as few as can be cross.
std::vector<Band> bandsOf(const Migration& migration);

}  // namespace dotmoe
