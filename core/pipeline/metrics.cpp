#include "pipeline/metrics.h"

#include <fmt/format.h>

namespace dotmoe {
namespace {

void put(nlohmann::json& json, const char* key, const std::optional<double>& value) {
    if (value) json[key] = *value;
}

std::optional<double> take(const nlohmann::json& json, const char* key) {
    return json.contains(key) ? std::optional(json.at(key).get<double>()) : std::nullopt;
}

std::string figure(const std::optional<double>& value, int decimals) {
    return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

std::string row(std::string_view name, const std::optional<Quality>& quality) {
    if (!quality) return {};
    return fmt::format("{:<34} {:>10.2f} {:>8.3f} {:>7.1f} %\n", name, quality->perplexity, quality->kl,
                       100 * quality->top1);
}

std::string speed_line(const RuntimeSpeed& speed) {
    const auto& [dense, converted, threads] = speed;
    return fmt::format(
        "speed: prompt {:.0f} tokens/s, x{:.2f} of dense; generation {:.0f} tokens/s, x{:.2f} of dense "
        "(CPU, {} threads, bf16)\n",
        converted.prompt, converted.prompt / dense.prompt, converted.generation,
        converted.generation / dense.generation, threads);
}

}  // namespace

void to_json(nlohmann::json& json, const LayerMetrics& layer) {
    json = {{"error", layer.error},
            {"load_max", layer.load_max},
            {"dead", layer.dead},
            {"dropped", layer.dropped}};
    put(json, "greedy_gap", layer.greedy_gap);
    put(json, "random_error", layer.random_error);
    put(json, "layerwise_error", layer.layerwise_error);
}

void from_json(const nlohmann::json& json, LayerMetrics& layer) {
    layer = {json.at("error"),
             json.at("load_max"),
             json.at("dead"),
             take(json, "greedy_gap"),
             take(json, "random_error"),
             json.value("dropped", 0.0),
             take(json, "layerwise_error")};
}

void to_json(nlohmann::json& json, const Quality& quality) {
    json = {{"perplexity", quality.perplexity},
            {"stderr", quality.perplexity_stderr},
            {"kl", quality.kl},
            {"top1", quality.top1}};
}

void from_json(const nlohmann::json& json, Quality& quality) {
    quality = {json.at("perplexity"), json.at("stderr"), json.at("kl"), json.at("top1")};
}

void to_json(nlohmann::json& json, const Speed& speed) {
    json = {{"prompt", speed.prompt}, {"generation", speed.generation}};
}

void from_json(const nlohmann::json& json, Speed& speed) {
    speed = {json.at("prompt"), json.at("generation")};
}

void to_json(nlohmann::json& json, const RuntimeSpeed& speed) {
    json = {{"dense", speed.dense}, {"converted", speed.converted}, {"threads", speed.threads}};
}

void from_json(const nlohmann::json& json, RuntimeSpeed& speed) {
    speed = {json.at("dense"), json.at("converted"), json.at("threads")};
}

void to_json(nlohmann::json& json, const Metrics& metrics) {
    nlohmann::json perplexity, stages;
    const auto stage = [&](const char* key, const std::optional<Quality>& quality) {
        if (!quality) return;
        perplexity[key] = quality->perplexity;
        stages[key] = *quality;
    };
    stage("dense", metrics.dense);
    stage("random_layerwise", metrics.random_layerwise);
    stage("layerwise", metrics.layerwise);
    stage("aligned", metrics.aligned);
    stage("fitted", metrics.fitted);
    stage("converted", metrics.converted);
    if (metrics.converted) perplexity["stderr"] = metrics.converted->perplexity_stderr;
    json = {{"perplexity", perplexity},
            {"stages", stages},
            {"active_parameters", metrics.active_parameters},
            {"dense_parameters", metrics.dense_parameters},
            {"active_neuron_share", metrics.active_neuron_share},
            {"layers", metrics.layers},
            {"peak_memory_bytes", metrics.peak_memory_bytes},
            {"seconds", metrics.seconds},
            {"seed", metrics.seed},
            {"version", metrics.version}};
    if (!metrics.method.empty()) json["method"] = metrics.method;
    if (metrics.parent) json["parent"] = *metrics.parent;
    if (metrics.speed) json["speed"] = *metrics.speed;
    if (metrics.converted) {
        json["kl"] = metrics.converted->kl;
        json["top1"] = metrics.converted->top1;
    }
}

void from_json(const nlohmann::json& json, Metrics& metrics) {
    const auto stage = [&](const char* key) {
        const auto& stages = json.at("stages");
        return stages.contains(key) ? std::optional(stages.at(key).get<Quality>()) : std::nullopt;
    };
    metrics.method = json.value("method", "");
    metrics.dense = stage("dense");
    metrics.random_layerwise = stage("random_layerwise");
    metrics.layerwise = stage("layerwise");
    metrics.aligned = stage("aligned");
    metrics.fitted = stage("fitted");
    metrics.converted = stage("converted");
    json.at("active_parameters").get_to(metrics.active_parameters);
    json.at("dense_parameters").get_to(metrics.dense_parameters);
    json.at("active_neuron_share").get_to(metrics.active_neuron_share);
    if (json.contains("speed")) metrics.speed = json.at("speed").get<RuntimeSpeed>();
    json.at("layers").get_to(metrics.layers);
    json.at("peak_memory_bytes").get_to(metrics.peak_memory_bytes);
    json.at("seconds").get_to(metrics.seconds);
    json.at("seed").get_to(metrics.seed);
    json.at("version").get_to(metrics.version);
    if (json.contains("parent")) metrics.parent = json.at("parent").get<Parent>();
}

std::string format_table(const Metrics& metrics) {
    std::string text =
        fmt::format("{:<34} {:>10} {:>8} {:>9}\n", "held-out text", "perplexity", "KL", "top-1");
    text += row("dense", metrics.dense);
    text += row("random split + ridge router", metrics.random_layerwise);
    text += row(metrics.method + ", layer-wise", metrics.layerwise);
    text += row("before recovery", metrics.aligned);
    text += row("output projections fitted", metrics.fitted);
    text += row("converted", metrics.converted);
    if (metrics.converted && metrics.active_parameters > 0)
        text +=
            fmt::format("\nactive: {:.1f} % of the FFN neurons, {:.1f} M of {:.1f} M parameters a token\n",
                        100 * metrics.active_neuron_share, metrics.active_parameters / 1e6,
                        metrics.dense_parameters / 1e6);
    if (metrics.speed) text += speed_line(*metrics.speed);
    if (metrics.layers.empty()) return text;
    text += fmt::format("\n{:>5} {:>8} {:>12} {:>14} {:>9} {:>6} {:>11}\n", "layer", "error", "layer-wise",
                        "random split", "load max", "dead", "greedy gap");
    for (std::size_t l = 0; l < metrics.layers.size(); ++l) {
        const auto& layer = metrics.layers[l];
        text += fmt::format("{:>5} {:>8.3f} {:>12} {:>14} {:>9.2f} {:>6} {:>11}\n", l, layer.error,
                            figure(layer.layerwise_error, 3), figure(layer.random_error, 3), layer.load_max,
                            layer.dead, figure(layer.greedy_gap, 4));
    }
    double dropped = 0;
    for (const auto& layer : metrics.layers)
        dropped += layer.dropped / static_cast<double>(metrics.layers.size());
    if (dropped > 0)
        text += fmt::format("\ndropped by the capacity factor: {:.2f} % of the choices\n", 100 * dropped);
    return text;
}

}  // namespace dotmoe
