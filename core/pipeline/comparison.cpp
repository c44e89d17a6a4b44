#include "pipeline/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "base/error.h"

namespace dotmoe {
namespace {

template <typename Figure>
std::vector<double> of_each(const std::vector<Metrics>& runs, Figure figure) {
    std::vector<double> values;
    values.reserve(runs.size());
    for (const auto& run : runs) values.push_back(std::invoke(figure, run));
    return values;
}

/// A row of the stage that `quality` names; none where it was left out (start = random has no layer-wise
/// phase).
std::optional<ComparisonRow> stage_row(const MethodRuns& method, std::optional<Quality> Metrics::*quality) {
    const auto judged = [&](const Metrics& run) { return (run.*quality).has_value(); };
    if (!std::ranges::all_of(method.runs, judged)) return std::nullopt;
    const auto by_seed = [&](double Quality::*field) {
        return of_each(method.runs, [&](const Metrics& run) { return (*(run.*quality)).*field; });
    };
    return ComparisonRow{.method = method.method,
                         .perplexity = spread_of(by_seed(&Quality::perplexity)),
                         .kl = spread_of(by_seed(&Quality::kl)),
                         .top1 = spread_of(by_seed(&Quality::top1)),
                         .perplexities = by_seed(&Quality::perplexity),
                         .dead = {},
                         .load_max = {},
                         .seconds = {}};
}

double dead_experts(const Metrics& run) {
    std::int64_t dead = 0;
    for (const auto& layer : run.layers) dead += layer.dead;
    return static_cast<double>(dead);
}

double heaviest_load(const Metrics& run) {
    double heaviest = 0;
    for (const auto& layer : run.layers) heaviest = std::max(heaviest, layer.load_max);
    return heaviest;
}

std::string with_error(const Spread& spread) {
    return fmt::format("{:.2f}", spread.mean) + (spread.error ? fmt::format(" ± {:.2f}", *spread.error) : "");
}

std::string figure(const std::optional<double>& value, int decimals) {
    return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

using Cells = std::array<std::string, 8>;
constexpr std::array<std::string_view, 8> headings{"method", "stage", "perplexity", "KL",
                                                   "top-1",  "dead",  "load max",   "seconds"};

Cells cells_of(const ComparisonRow& row, std::string_view stage) {
    return {std::string(name_of(row.method)),
            std::string(stage),
            with_error(row.perplexity),
            figure(row.kl.mean, 3),
            fmt::format("{:.1f} %", 100 * row.top1.mean),
            figure(row.dead, 1),
            figure(row.load_max, 2),
            figure(row.seconds, 0)};
}

constexpr std::string_view as_it_is_name = "as it is", trained_name = "trained";

std::vector<Cells> all_cells(const Comparison& comparison) {
    std::vector<Cells> rows{
        {"dense", "", figure(comparison.dense, 2), figure(0, 3), "100.0 %", "-", "-", "-"}};
    for (const auto& row : comparison.as_it_is) rows.push_back(cells_of(row, as_it_is_name));
    for (const auto& row : comparison.trained) rows.push_back(cells_of(row, trained_name));
    return rows;
}

std::string verdict_line(std::string_view stage, const std::vector<ComparisonRow>& rows) {
    const auto verdict = verdict_of(rows);
    if (!verdict) return {};
    const auto& [best, next, overlap, apart] = *verdict;
    auto line = fmt::format("{}: {} is best with {}, then {} with {}", stage, name_of(best.method),
                            with_error(best.perplexity), name_of(next.method), with_error(next.perplexity));
    if (!overlap) return line + "; one seed, so no error bars\n";
    return line + fmt::format("; their error bars {}overlap; on the same text and seed they are {} apart\n",
                              *overlap ? "" : "do not ", with_error(apart));
}

std::string verdict_lines(const Comparison& comparison) {
    return verdict_line(as_it_is_name, comparison.as_it_is) + verdict_line(trained_name, comparison.trained);
}

nlohmann::json json_of(const Spread& spread) {
    nlohmann::json json{{"mean", spread.mean}};
    if (spread.error) json["stderr"] = *spread.error;
    return json;
}

nlohmann::json json_of(const ComparisonRow& row) {
    nlohmann::json json{{"method", name_of(row.method)},
                        {"perplexity", json_of(row.perplexity)},
                        {"kl", json_of(row.kl)},
                        {"top1", json_of(row.top1)}};
    json["perplexity"]["seeds"] = row.perplexities;
    if (row.dead) json["dead"] = *row.dead;
    if (row.load_max) json["load_max"] = *row.load_max;
    if (row.seconds) json["seconds"] = *row.seconds;
    return json;
}

nlohmann::json json_of(const std::vector<ComparisonRow>& rows) {
    auto json = nlohmann::json::array();
    for (const auto& row : rows) json.push_back(json_of(row));
    return json;
}

nlohmann::json json_of(const Verdict& verdict) {
    nlohmann::json json{{"best", name_of(verdict.best.method)},
                        {"next", name_of(verdict.next.method)},
                        {"apart", json_of(verdict.apart)}};
    if (verdict.overlap) json["overlap"] = *verdict.overlap;
    return json;
}

}  // namespace

Spread spread_of(const std::vector<double>& values) {
    if (values.empty()) fail("no values to take the mean of");
    const auto count = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (const double value : values) sum += value;
    const double mean = sum / count;
    for (const double value : values) squares += (value - mean) * (value - mean);
    if (values.size() == 1) return {mean, std::nullopt};
    return {mean, std::sqrt(squares / (count - 1) / count)};
}

Comparison compare_runs(const std::vector<std::uint64_t>& seeds, const std::vector<MethodRuns>& methods) {
    Comparison comparison{.seeds = seeds, .dense = 0, .as_it_is = {}, .trained = {}};
    for (const auto& method : methods) {
        if (method.runs.size() != seeds.size())
            fail("{}: {} conversions for {} seeds", name_of(method.method), method.runs.size(), seeds.size());
        if (auto row = stage_row(method, &Metrics::layerwise)) comparison.as_it_is.push_back(std::move(*row));
        auto trained = stage_row(method, &Metrics::converted);
        if (!trained) fail("{}: a conversion was not judged", name_of(method.method));
        trained->dead = spread_of(of_each(method.runs, dead_experts)).mean;
        trained->load_max = spread_of(of_each(method.runs, heaviest_load)).mean;
        trained->seconds = spread_of(of_each(method.runs, &Metrics::seconds)).mean;
        comparison.trained.push_back(std::move(*trained));
    }
    const auto dense = [](const Metrics& run) { return run.dense ? run.dense->perplexity : 0; };
    comparison.dense = spread_of(of_each(methods.front().runs, dense)).mean;
    const auto mean = [](const ComparisonRow& row) { return row.perplexity.mean; };
    std::ranges::stable_sort(comparison.as_it_is, {}, mean);
    std::ranges::stable_sort(comparison.trained, {}, mean);
    return comparison;
}

std::optional<Verdict> verdict_of(const std::vector<ComparisonRow>& rows) {
    if (rows.size() < 2) return std::nullopt;
    Verdict verdict{.best = rows[0], .next = rows[1], .overlap = {}, .apart = {}};
    std::vector<double> apart;
    for (std::size_t seed = 0; seed < rows[0].perplexities.size(); ++seed)
        apart.push_back(rows[1].perplexities[seed] - rows[0].perplexities[seed]);
    verdict.apart = spread_of(apart);
    const auto &best = rows[0].perplexity, &next = rows[1].perplexity;
    if (best.error && next.error) verdict.overlap = best.mean + *best.error >= next.mean - *next.error;
    return verdict;
}

void to_json(nlohmann::json& json, const Comparison& comparison) {
    json = {{"seeds", comparison.seeds},
            {"dense", comparison.dense},
            {"as_it_is", json_of(comparison.as_it_is)},
            {"trained", json_of(comparison.trained)}};
    if (const auto verdict = verdict_of(comparison.as_it_is)) json["verdict"]["as_it_is"] = json_of(*verdict);
    if (const auto verdict = verdict_of(comparison.trained)) json["verdict"]["trained"] = json_of(*verdict);
}

std::string format_table(const Comparison& comparison) {
    const auto line = [](const auto& cells) {
        return fmt::format("{:<12} {:<9} {:>17} {:>7} {:>8} {:>7} {:>9} {:>8}\n", cells[0], cells[1],
                           cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]);
    };
    auto text = line(headings);
    for (const auto& cells : all_cells(comparison)) text += line(cells);
    return text + "\n" + verdict_lines(comparison);
}

std::string format_markdown(const Comparison& comparison) {
    const auto line = [](const auto& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); };
    auto text = line(headings) + "|---|---|--:|--:|--:|--:|--:|--:|\n";
    for (const auto& cells : all_cells(comparison)) text += line(cells);
    return text +
           fmt::format("\nSeeds: {}.\n\n{}", fmt::join(comparison.seeds, ", "), verdict_lines(comparison));
}

}  // namespace dotmoe
