#include "app/studio/baselines.h"

#include <array>

#include "app/studio/result_file.h"
#include "app/studio/tr.h"

namespace dotmoe::studio {
namespace {

QString number(double value, int digits) {
    return QString::number(value, 'f', digits);
}

QString with_error(const nlohmann::json& spread, double scale, int digits) {
    const auto mean = number(scale * spread.at("mean").get<double>(), digits);
    if (!spread.contains("stderr")) return mean;
    return QStringLiteral("%1 ± %2").arg(mean, number(scale * spread.at("stderr").get<double>(), digits));
}

QString optional_figure(const nlohmann::json& row, const char* key, int digits) {
    return row.contains(key) ? number(row.at(key).get<double>(), digits) : QString();
}

QStringList cells(const nlohmann::json& row, const QString& stage) {
    return {QString::fromStdString(row.at("method").get<std::string>()),
            stage,
            with_error(row.at("perplexity"), 1, 2),
            with_error(row.at("kl"), 1, 3),
            with_error(row.at("top1"), 100, 1),
            optional_figure(row, "dead", 1),
            optional_figure(row, "load_max", 2),
            optional_figure(row, "seconds", 0)};
}

}  // namespace

Table read_baselines(const std::filesystem::path& file) {
    Table table{{tr("Method"), tr("Stage"), tr("Perplexity"), tr("KL"), tr("Top-1, %"), tr("Dead experts"),
                 tr("Heaviest load"), tr("Seconds")},
                {}};
    read_results(file, "the table that dotmoe compare writes", [&](const nlohmann::json& json) {
        table.rows.push_back({tr("dense"),
                              {},
                              number(json.at("dense").get<double>(), 2),
                              number(0, 3),
                              number(100, 1),
                              {},
                              {},
                              {}});
        const std::array stages{std::pair{"as_it_is", tr("as it is")}, std::pair{"aligned", tr("aligned")},
                                std::pair{"trained", tr("trained")}};
        for (const auto& [key, name] : stages)
            if (json.contains(key))
                for (const auto& row : json.at(key)) table.rows.push_back(cells(row, name));
    });
    return table;
}

}  // namespace dotmoe::studio
