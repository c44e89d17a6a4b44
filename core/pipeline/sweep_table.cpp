#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "pipeline/sweep.h"

namespace dotmoe {
namespace {

using Cells = std::array<std::string, 8>;

const Cells headings{"layout", "k", "neurons", "parameters", "perplexity", "KL", "top-1", ""};

Cells dense_cells(const Sweep& sweep) {
    return {"dense",
            "",
            "100.0 %",
            fmt::format("{:.1f} M", sweep.dense_parameters / 1e6),
            fmt::format("{:.2f}", sweep.dense_perplexity),
            "0.000",
            "100.0 %",
            ""};
}

Cells cells_of(const SweepPoint& point) {
    const auto& [active, share, parameters, quality] = point.at;
    return {format_layout(point.layout),
            fmt::format("{}", active),
            fmt::format("{:.1f} %", 100 * share),
            fmt::format("{:.1f} M", parameters / 1e6),
            fmt::format("{:.2f}", quality.perplexity),
            fmt::format("{:.3f}", quality.kl),
            fmt::format("{:.1f} %", 100 * quality.top1),
            point.front ? "front" : ""};
}

std::vector<Cells> all_cells(const Sweep& sweep) {
    std::vector<Cells> rows;
    for (const auto& point : sweep.points) rows.push_back(cells_of(point));
    rows.push_back(dense_cells(sweep));
    return rows;
}

constexpr auto explanation =
    "layout: E experts, the k it was made for, S shared neurons; front: fewer parameters cost perplexity\n";

}  // namespace

void to_json(nlohmann::json& json, const Sweep& sweep) {
    json = {{"dense", {{"parameters", sweep.dense_parameters}, {"perplexity", sweep.dense_perplexity}}},
            {"points", nlohmann::json::array()}};
    for (const auto& point : sweep.points) {
        nlohmann::json entry = point.at;
        entry["layout"] = {{"experts", point.layout.experts},
                           {"active", point.layout.active},
                           {"shared", point.layout.shared}};
        entry["front"] = point.front;
        json["points"].push_back(std::move(entry));
    }
}

std::string format_table(const Sweep& sweep) {
    const auto line = [](const Cells& cells) {
        return fmt::format("{:<14} {:>5} {:>9} {:>12} {:>11} {:>7} {:>8}  {}\n", cells[0], cells[1], cells[2],
                           cells[3], cells[4], cells[5], cells[6], cells[7]);
    };
    auto text = line(headings);
    for (const auto& cells : all_cells(sweep)) text += line(cells);
    return text + "\n" + explanation;
}

std::string format_markdown(const Sweep& sweep) {
    const auto line = [](const Cells& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); };
    auto text = line(headings) + "|---|--:|--:|--:|--:|--:|--:|---|\n";
    for (const auto& cells : all_cells(sweep)) text += line(cells);
    return text + "\n" + explanation;
}

}  // namespace dotmoe
