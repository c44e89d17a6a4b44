#include "app/studio/tables_of_experts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/studio/tr.h"

namespace dotmoe::studio {
namespace {

/// The largest value first, those that are NaN left out.
std::vector<std::pair<float, int>> ranked(std::vector<std::pair<float, int>> values) {
    std::erase_if(values, [](const auto& value) { return std::isnan(value.first); });
    std::ranges::stable_sort(values, [](const auto& a, const auto& b) { return a.first > b.first; });
    return values;
}

}  // namespace

Table domains_of_expert(const ExpertProfile& profile, int expert) {
    std::vector<std::pair<float, int>> affinities;
    for (int domain = 0; domain < std::ssize(profile.domains); ++domain)
        affinities.emplace_back(profile.affinity[cell_of(profile, domain, expert)], domain);
    Table table{{tr("Domain"), tr("Share"), tr("Affinity")}, {}};
    for (const auto& [affinity, domain] : ranked(std::move(affinities)))
        table.rows.push_back({QString::fromStdString(profile.domains[static_cast<std::size_t>(domain)]),
                              tr("%1 %").arg(100 * domain_share(profile, domain, expert), 0, 'f', 0),
                              tr("×%1").arg(static_cast<double>(affinity), 0, 'f', 2)});
    return table;
}

Table experts_like(const ExpertProfile& profile, int expert) {
    std::vector<std::pair<float, int>> correlations;
    for (int other = 0; other < profile.experts && !profile.correlation.empty(); ++other)
        if (other != expert)
            correlations.emplace_back(profile.correlation[cell_of(profile, expert, other)], other);
    Table table{{tr("Expert"), tr("Correlation")}, {}};
    for (const auto& [correlation, other] : ranked(std::move(correlations)))
        table.rows.push_back(
            {QString::number(other), QString::number(static_cast<double>(correlation), 'f', 3)});
    return table;
}

}  // namespace dotmoe::studio
