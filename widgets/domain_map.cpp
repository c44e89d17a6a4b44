#include "widgets/domain_map.h"

#include <algorithm>
#include <cmath>

namespace dotmoe {

DomainMap::DomainMap(QWidget* parent) : ExpertGrid(parent) {
    setAccessibleName(tr("Domain affinity"));
    setProfile(nullptr);
}

void DomainMap::setProfile(const std::shared_ptr<const ExpertProfile>& profile) {
    m_profile = profile;
    Grid grid{.title = tr("No domains of text yet"), .rows = {}, .experts = 0, .values = {}, .end = end};
    if (profile && profile->experts > 0) {
        grid.title = tr("Layer %1 · tokens of a domain over what its size predicts (colour: log2)")
                         .arg(profile->layer);
        for (const auto& domain : profile->domains) grid.rows << QString::fromStdString(domain);
        grid.experts = profile->experts;
        for (const float affinity : profile->affinity) {
            const auto value = std::log2(affinity);
            grid.values.push_back(std::isnan(value) ? value : std::max(value, static_cast<float>(-end)));
        }
    }
    setGrid(std::move(grid));
}

double DomainMap::affinity(int domain, int expert) const {
    return static_cast<double>(m_profile->affinity[cell_of(*m_profile, domain, expert)]);
}

QString DomainMap::inWords(int row, int expert) const {
    const double times = affinity(row, expert);
    if (std::isnan(times)) return tr("expert %1 · no token").arg(expert);
    return tr("expert %1 · %2 · %3 % of its tokens, %4 times what the domain's size predicts")
        .arg(expert)
        .arg(grid().rows[row])
        .arg(100 * domain_share(*m_profile, row, expert), 0, 'f', 0)
        .arg(times, 0, 'f', 2);
}

QString DomainMap::inShort(int row, int expert) const {
    const double times = affinity(row, expert);
    return std::isnan(times) ? QStringLiteral("–") : QString::number(times, 'f', 1);
}

Table DomainMap::table() const {
    Table table{{tr("expert"), tr("domain"), tr("share of its tokens"), tr("affinity")}, {}};
    for (int expert = 0; expert < grid().experts; ++expert)
        for (int domain = 0; domain < static_cast<int>(grid().rows.size()); ++domain)
            table.rows.push_back({QString::number(expert), grid().rows[domain],
                                  csvNumber(domain_share(*m_profile, domain, expert)),
                                  csvNumber(affinity(domain, expert))});
    return table;
}

}  // namespace dotmoe
