#include "widgets/similarity_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dotmoe {
namespace {

constexpr double leastEnd = 0.05;  ///< so that a layer without any likeness does not look full of it

}  // namespace

SimilarityMap::SimilarityMap(QWidget* parent) : ExpertGrid(parent) {
    setAccessibleName(tr("Expert similarity"));
    setProfile(nullptr);
}

void SimilarityMap::setProfile(const std::shared_ptr<const ExpertProfile>& profile) {
    Grid grid{
        .title = tr("No similarity of experts yet"), .rows = {}, .experts = 0, .values = {}, .end = leastEnd};
    if (profile && !profile->correlation.empty()) {
        grid.title =
            tr("Layer %1 · chosen for the same tokens: correlation, 0 by chance").arg(profile->layer);
        grid.experts = profile->experts;
        grid.values = profile->correlation;
        for (int expert = 0; expert < grid.experts; ++expert) {
            grid.rows << QString::number(expert);
            // An expert with itself says nothing and would take the whole scale.
            grid.values[static_cast<std::size_t>(expert) * static_cast<std::size_t>(grid.experts + 1)] =
                std::numeric_limits<float>::quiet_NaN();
        }
        for (const float value : grid.values)
            if (!std::isnan(value)) grid.end = std::max(grid.end, std::abs(static_cast<double>(value)));
    } else if (profile && profile->experts > 0) {
        grid.title = tr("Layer %1 has too many experts to compare in pairs").arg(profile->layer);
    }
    setGrid(std::move(grid));
}

double SimilarityMap::correlation(int row, int expert) const {
    return static_cast<double>(
        grid().values[static_cast<std::size_t>(row) * static_cast<std::size_t>(grid().experts) +
                      static_cast<std::size_t>(expert)]);
}

QString SimilarityMap::inWords(int row, int expert) const {
    if (row == expert) return tr("expert %1").arg(expert);
    const double value = correlation(row, expert);
    if (std::isnan(value))
        return tr("experts %1 and %2 · one is never or always chosen").arg(expert).arg(row);
    return tr("experts %1 and %2 · correlation %3").arg(expert).arg(row).arg(value, 0, 'f', 3);
}

QString SimilarityMap::inShort(int row, int expert) const {
    const double value = correlation(row, expert);
    return std::isnan(value) ? QString() : QString::number(value, 'f', 2);
}

Table SimilarityMap::table() const {
    Table table{{tr("expert"), tr("other expert"), tr("correlation")}, {}};
    for (int expert = 0; expert < grid().experts; ++expert)
        for (int other = 0; other < grid().experts; ++other)
            if (other != expert)
                table.rows.push_back(
                    {QString::number(expert), QString::number(other), csvNumber(correlation(other, expert))});
    return table;
}

}  // namespace dotmoe
