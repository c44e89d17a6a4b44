#include "pipeline/bench_ffn.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/best_seconds.h"
#include "base/compute.h"
#include "base/error.h"
#include "experts/grouped_ffn.h"
#include "experts/masked_ffn.h"
#include "experts/moe_ffn.h"

namespace dotmoe {
namespace {

void check(const FfnBench& bench) {
    const auto positive = [](std::int64_t number) { return number > 0; };
    if (bench.width < 1 || bench.neurons < 1 || bench.repeats < 1 ||
        !std::ranges::all_of(bench.tokens, positive) || !std::ranges::all_of(bench.expert_neurons, positive))
        fail_usage("width, neurons, expert neurons, tokens and repeats must be at least 1");
    if (!(bench.active_share > 0 && bench.active_share <= 1))
        fail_usage("the active share must be above 0 and at most 1");
    for (const auto size : bench.expert_neurons)
        if (bench.neurons % size != 0)
            fail_usage("{} neurons do not divide into experts of {}", bench.neurons, size);
}

/// One way to compute a layer.
struct Way {
    std::string name;
    std::int64_t expert_neurons;
    Layout layout;  ///< one expert: dense
    std::function<double(std::int64_t tokens)> seconds;
};

class FfnTimer {
  public:
    explicit FfnTimer(const FfnBench& bench)
        : bench_(bench),
          device_(choose_compute(bench.device).device),
          generator_(at::detail::createCPUGenerator(0)) {
        // Weights of such size keep the outputs of a layer near 1.
        auto& layer = weights_.layers.emplace_back();
        layer.gate = normal({bench.neurons, bench.width});
        layer.up = normal({bench.neurons, bench.width});
        layer.down = normal({bench.width, bench.neurons});
        auto& there = on_device_.layers.emplace_back();
        for (const auto part : {&LayerWeights::gate, &LayerWeights::up, &LayerWeights::down})
            there.*part = (layer.*part).to(device_, at::kBFloat16);
        for (const auto size : bench.expert_neurons) sets_.push_back(experts(size));
    }

    FfnReport report() {
        add_aten();
        if (device_.is_cpu()) add_runtime();
        FfnReport report{.peak = peak(), .rows = {}};
        for (const auto tokens : bench_.tokens) {
            double dense = 0;
            for (const auto& way : ways_) {
                FfnFigures row{.name = way.name,
                               .tokens = tokens,
                               .expert_neurons = way.expert_neurons,
                               .experts = way.layout.experts,
                               .active = way.layout.active,
                               .seconds = way.seconds(tokens)};
                if (row.experts == 1) dense = row.seconds;
                row.speedup = dense / row.seconds;
                row.peak_share = flops_of(row) / row.seconds / report.peak;
                report.rows.push_back(std::move(row));
            }
        }
        return report;
    }

  private:
    static constexpr Layout kDense{.experts = 1, .active = 1, .shared = 0};

    at::Tensor normal(at::IntArrayRef shape) {
        return at::randn(shape, generator_, at::kFloat) / std::sqrt(static_cast<double>(shape.back()));
    }

    double seconds_of(const std::function<at::Tensor()>& job) const {
        return best_seconds(bench_.repeats, [&] { job().flatten()[0].item(); });  // waits for the device
    }

    double peak() const {
        constexpr std::int64_t side = 4096;
        const auto square = at::ones({side, side}, at::TensorOptions().device(device_).dtype(at::kBFloat16));
        return 2 * std::pow(side, 3) / seconds_of([&] { return at::matmul(square, square); });
    }

    ExpertSet experts(std::int64_t size) {
        const auto count = bench_.neurons / size;
        const auto active = std::clamp<std::int64_t>(
            std::llround(bench_.active_share * static_cast<double>(count)), 1, count);
        return {{.experts = count, .active = active, .shared = 0},
                {{at::randperm(bench_.neurons, generator_, at::kLong).remainder(count),
                  normal({bench_.width, count})}}};
    }

    /// What the tokens of a row need: three products of their neurons, and the router.
    double flops_of(const FfnFigures& row) const {
        const auto neurons = row.active * row.expert_neurons, columns = row.experts > 1 ? row.experts : 0;
        return static_cast<double>(row.tokens) * 2 * static_cast<double>(bench_.width) *
               static_cast<double>(3 * neurons + columns);
    }

    void add_aten() {
        const auto add = [this](std::string name, std::int64_t size, const Layout& layout, FeedForward ffn) {
            ways_.push_back(
                {std::move(name), size, layout, [this, ffn = std::move(ffn)](std::int64_t tokens) {
                     const auto x = at::randn({tokens, bench_.width}, generator_).to(device_, at::kBFloat16);
                     return seconds_of([&] { return ffn(x, 0); });
                 }});
        };
        add("dense", bench_.neurons, kDense, [this](const at::Tensor& x, std::int64_t /*layer*/) {
            return dense_feed_forward(x, on_device_.layers.front());
        });
        for (std::size_t i = 0; i < sets_.size(); ++i) {
            const auto size = bench_.expert_neurons[i];
            add("masked", size, sets_[i].layout, converted_feed_forward(on_device_, sets_[i]));
            add("grouped", size, sets_[i].layout, grouped_feed_forward(on_device_, sets_[i]));
        }
    }

    void add_runtime() {
        const auto add = [this](std::string name, std::int64_t size, const Layout& layout,
                                const std::shared_ptr<const MoeFeedForward>& ffn) {
            ways_.push_back({std::move(name), size, layout, [this, ffn](std::int64_t tokens) {
                                 const auto x = at::randn({tokens, bench_.width}, generator_);
                                 auto y = at::empty_like(x);
                                 return best_seconds(bench_.repeats, [&] {
                                     (*ffn)(x.const_data_ptr<float>(), {tokens}, y.mutable_data_ptr<float>());
                                 });
                             }});
        };
        const auto& layer = weights_.layers.front();
        add("dense, CPU runtime", bench_.neurons, kDense,
            std::make_shared<MoeFeedForward>(layer, WeightFormat::bf16));
        for (std::size_t i = 0; i < sets_.size(); ++i)
            add("CPU runtime", bench_.expert_neurons[i], sets_[i].layout,
                std::make_shared<MoeFeedForward>(layer, sets_[i].layers.front(), sets_[i].layout,
                                                 WeightFormat::bf16));
    }

    const FfnBench& bench_;
    at::Device device_;
    at::Generator generator_;
    Weights weights_, on_device_;
    std::vector<ExpertSet> sets_;  ///< of each size of experts
    std::vector<Way> ways_;        ///< a dense one before those that are compared with it
};

}  // namespace

FfnReport bench_ffn(const FfnBench& bench) {
    check(bench);
    const at::NoGradGuard no_grad;
    return FfnTimer(bench).report();
}

void to_json(nlohmann::json& json, const FfnFigures& figures) {
    json = {{"name", figures.name},       {"tokens", figures.tokens},
            {"experts", figures.experts}, {"active", figures.active},
            {"seconds", figures.seconds}, {"expert_neurons", figures.expert_neurons},
            {"speedup", figures.speedup}, {"peak_share", figures.peak_share}};
}

void to_json(nlohmann::json& json, const FfnReport& report) {
    json = {{"peak", report.peak}, {"rows", report.rows}};
}

}  // namespace dotmoe
