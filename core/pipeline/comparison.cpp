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
                         .seconds = {},
                         .tasks = {}};
}

std::vector<TaskSpread> task_spreads(const MethodRuns& method, std::size_t tasks) {
    std::vector<TaskSpread> spreads;
    for (std::size_t task = 0; task < tasks; ++task) {
        const auto over_runs = [&](double Answers::*share) {
            std::vector<double> values;
            for (const auto& figures : method.tasks) values.push_back((*figures.at(task).converted).*share);
            return spread_of(values);
        };
        spreads.push_back({over_runs(&Answers::accuracy), over_runs(&Answers::normalised)});
    }
    return spreads;
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

std::string percent(double share) {
    return fmt::format("{:.1f} %", 100 * share);
}

std::string percent(const Spread& share) {
    return fmt::format("{:.1f}{} %", 100 * share.mean,
                       share.error ? fmt::format(" ± {:.1f}", 100 * *share.error) : "");
}

struct StageRows {
    const char *key, *name;
    const std::vector<ComparisonRow>& rows;
};

std::array<StageRows, 3> stages_of(const Comparison& comparison) {
    return {{{"as_it_is", "as it is", comparison.as_it_is},
             {"aligned", "aligned", comparison.aligned},
             {"trained", "trained", comparison.trained}}};
}

/// Two columns of words, then figures, of which the last are the tasks'.
using Cells = std::vector<std::string>;

Cells headings(const Comparison& comparison) {
    Cells cells{"method", "stage", "perplexity", "KL", "top-1", "dead", "load max", "seconds"};
    for (const auto& task : comparison.tasks) cells.push_back(task.task);
    return cells;
}

Cells dense_cells(const Comparison& comparison) {
    Cells cells{"dense", "", figure(comparison.dense, 2), figure(0, 3), percent(1.0), "-", "-", "-"};
    for (const auto& task : comparison.tasks) cells.push_back(percent(task.dense.accuracy));
    return cells;
}

Cells cells_of(const ComparisonRow& row, std::string_view stage, std::size_t tasks) {
    Cells cells{std::string(name_of(row.method)), std::string(stage),     with_error(row.perplexity),
                figure(row.kl.mean, 3),           percent(row.top1.mean), figure(row.dead, 1),
                figure(row.load_max, 2),          figure(row.seconds, 0)};
    for (std::size_t task = 0; task < tasks; ++task)
        cells.push_back(row.tasks.empty() ? "-" : percent(row.tasks[task].accuracy));
    return cells;
}

std::vector<Cells> all_cells(const Comparison& comparison) {
    std::vector<Cells> rows{dense_cells(comparison)};
    for (const auto& stage : stages_of(comparison))
        for (const auto& row : stage.rows) rows.push_back(cells_of(row, stage.name, comparison.tasks.size()));
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

/// Shares of questions, to be read with what the choice of questions alone does to them.
std::string tasks_line(const Comparison& comparison) {
    if (comparison.tasks.empty()) return {};
    std::vector<std::string> parts;
    for (const auto& task : comparison.tasks)
        parts.push_back(fmt::format("{} of {} questions, {} by chance, dense ± {:.1f}", task.task,
                                    task.questions, percent(task.chance), 100 * task.dense.accuracy_stderr));
    return fmt::format("tasks: right answers; {}\n", fmt::join(parts, "; "));
}

std::string closing_lines(const Comparison& comparison) {
    std::string lines;
    for (const auto& stage : stages_of(comparison)) lines += verdict_line(stage.name, stage.rows);
    return lines + tasks_line(comparison);
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
    for (const auto& task : row.tasks)
        json["tasks"].push_back({{"acc", json_of(task.accuracy)}, {"acc_norm", json_of(task.normalised)}});
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
    Comparison comparison{
        .seeds = seeds, .dense = 0, .tasks = {}, .as_it_is = {}, .aligned = {}, .trained = {}};
    if (!methods.front().tasks.empty()) comparison.tasks = methods.front().tasks.front();
    for (auto& task : comparison.tasks) task.converted.reset();
    for (const auto& method : methods) {
        if (method.runs.size() != seeds.size())
            fail("{}: {} conversions for {} seeds", name_of(method.method), method.runs.size(), seeds.size());
        if (auto row = stage_row(method, &Metrics::layerwise)) comparison.as_it_is.push_back(std::move(*row));
        if (auto row = stage_row(method, &Metrics::aligned)) comparison.aligned.push_back(std::move(*row));
        auto trained = stage_row(method, &Metrics::converted);
        if (!trained) fail("{}: a conversion was not judged", name_of(method.method));
        trained->dead = spread_of(of_each(method.runs, dead_experts)).mean;
        trained->load_max = spread_of(of_each(method.runs, heaviest_load)).mean;
        trained->seconds = spread_of(of_each(method.runs, &Metrics::seconds)).mean;
        trained->tasks = task_spreads(method, comparison.tasks.size());
        comparison.trained.push_back(std::move(*trained));
    }
    // Without a global step it is the layer-wise phase once more.
    const auto perplexities = &ComparisonRow::perplexities;
    if (std::ranges::equal(comparison.as_it_is, comparison.aligned, {}, perplexities, perplexities))
        comparison.aligned.clear();
    const auto dense = [](const Metrics& run) { return run.dense ? run.dense->perplexity : 0; };
    comparison.dense = spread_of(of_each(methods.front().runs, dense)).mean;
    const auto mean = [](const ComparisonRow& row) { return row.perplexity.mean; };
    for (auto* rows : {&comparison.as_it_is, &comparison.aligned, &comparison.trained})
        std::ranges::stable_sort(*rows, {}, mean);
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
    json = {{"seeds", comparison.seeds}, {"dense", comparison.dense}, {"tasks", comparison.tasks}};
    for (const auto& stage : stages_of(comparison)) {
        json[stage.key] = json_of(stage.rows);
        if (const auto verdict = verdict_of(stage.rows)) json["verdict"][stage.key] = json_of(*verdict);
    }
}

std::string format_table(const Comparison& comparison) {
    constexpr std::array widths{17, 7, 8, 7, 9, 8};
    constexpr int task_width = 13;
    const auto line = [&](const Cells& cells) {
        auto text = fmt::format("{:<12} {:<9}", cells[0], cells[1]);
        for (std::size_t i = 2; i < cells.size(); ++i)
            text += fmt::format(" {:>{}}", cells[i], i - 2 < widths.size() ? widths[i - 2] : task_width);
        return text + "\n";
    };
    auto text = line(headings(comparison));
    for (const auto& cells : all_cells(comparison)) text += line(cells);
    return text + "\n" + closing_lines(comparison);
}

std::string format_markdown(const Comparison& comparison) {
    const auto line = [](const Cells& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); };
    auto text = line(headings(comparison)) + "|---|---|";
    for (std::size_t i = 2; i < headings(comparison).size(); ++i) text += "--:|";
    text += '\n';
    for (const auto& cells : all_cells(comparison)) text += line(cells);
    return text +
           fmt::format("\nSeeds: {}.\n\n{}", fmt::join(comparison.seeds, ", "), closing_lines(comparison));
}

}  // namespace dotmoe
