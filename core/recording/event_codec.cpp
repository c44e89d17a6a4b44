#include "recording/event_codec.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "recording/event_archive.h"

namespace dotmoe {
namespace {

constexpr int most_layers = 1 << 16;

// One list of fields for both directions. A structured binding names all of them: a field that is added to
// the struct does not compile until it is decided here whether a recording keeps it.

template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<Started> event) {
    auto& [model, layers, neurons, width, experts, active, shared, device, dtype, recipe] = event;
    archive.all(model, layers, neurons, width, experts, active, shared, device, dtype, recipe);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<Progress> event) {
    auto& [phase, done, total, unit, rate, eta_seconds] = event;
    archive.all(phase, done, total, unit, rate, eta_seconds);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<LogLine> event) {
    auto& [level, text] = event;
    archive.enumeration(level, LogLevel::warning);
    archive.all(text);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<Finished> event) {
    auto& [out, metrics_json] = event;
    archive.all(out, metrics_json);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<Failed> event) {
    auto& [message] = event;
    archive.all(message);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<Stopped> event) {
    auto& [resumable] = event;
    archive.all(resumable);
}
template <typename Archive>
void fields(Archive&, typename Archive::template Of<CheckpointSaved>) {}

/// Of each neuron its owner's: by their masses the rows of a plan are sorted, so they are kept exactly.
std::vector<std::size_t> own_cells(const PlanSnapshot& plan) {
    std::vector<std::size_t> cells;
    for (std::size_t neuron = 0; neuron < plan.owner.size(); ++neuron)
        cells.push_back(neuron * static_cast<std::size_t>(plan.columns) +
                        static_cast<std::size_t>(plan.owner[neuron]));
    return cells;
}

template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<PlanSnapshot> plan) {
    auto& [stage, step, layer, neurons, columns, shared_column, soft, owner, capacity, margin, temperature,
           greedy_gap, soft_hard_gap] = plan;
    archive.enumeration(stage, Stage::distillation);
    archive.all(step, layer, neurons, columns, shared_column, owner, capacity, margin, temperature,
                greedy_gap, soft_hard_gap);
    archive.levels(soft, own_cells(plan));
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<SinkhornSnapshot> solve) {
    auto& [stage, step, layer, temperature, row_residual, column_residual, g, converged] = solve;
    archive.enumeration(stage, Stage::distillation);
    archive.all(step, layer, temperature, row_residual, column_residual, g, converged);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<LoadSnapshot> snapshot) {
    auto& [stage, step, first_layer, layers, experts, load] = snapshot;
    archive.enumeration(stage, Stage::distillation);
    archive.all(step, first_layer, layers, experts, load);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<RoutingSnapshot> routing) {
    auto& [text, tokens, layers, active, experts, expert, probability] = routing;
    archive.all(text, tokens, layers, active, experts, expert);
    archive.shares(probability);
}

template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<TrainingStep> event) {
    auto& [stage, layer, step, total, loss, kl, cross_entropy, balance, z, temperature, reconstruction,
           tokens_per_second, transport_share, sinkhorn_iterations, dropped, churn] = event;
    archive.enumeration(stage, Stage::distillation);
    archive.all(layer, step, total, loss, kl, cross_entropy, balance, z, temperature, reconstruction,
                tokens_per_second, transport_share, sinkhorn_iterations, dropped, churn);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<QualitySnapshot> event) {
    auto& [label, step, perplexity, kl, top1] = event;
    archive.all(label, step, perplexity, kl, top1);
}
template <typename Archive>
void fields(Archive& archive, typename Archive::template Of<LayerStatus> event) {
    auto& [layer, state, error, load_max, dead, note] = event;
    archive.enumeration(state, LayerState::refused);
    archive.all(layer, error, load_max, dead, note);
}

void require(bool holds, const char* what) {
    if (!holds) fail("an event makes no sense: {}", what);
}

// What the views rely on.

void check(const Started& event) {
    require(event.layers >= 0 && event.layers <= most_layers, "its count of layers");
}
void check(const PlanSnapshot& plan) {
    require(plan.layer >= 0 && plan.layer < most_layers, "its layer");
    require(plan.neurons >= 0 && plan.columns >= 0 && std::ssize(plan.owner) == plan.neurons &&
                std::ssize(plan.margin) == plan.neurons && std::ssize(plan.capacity) == plan.columns &&
                std::ssize(plan.soft) == std::int64_t{plan.neurons} * plan.columns,
            "the shape of a plan");
    const auto is_column = [&plan](int column) { return column >= 0 && column < plan.columns; };
    require(std::ranges::all_of(plan.owner, is_column), "the owner of a neuron");
}
void check(const SinkhornSnapshot& solve) {
    require(solve.layer >= 0 && solve.layer < most_layers, "its layer");
}
void check(const LoadSnapshot& load) {
    require(load.first_layer >= 0 && load.first_layer < most_layers && load.layers >= 0 &&
                load.layers <= most_layers,
            "its layers");
    require(load.experts >= 0 && std::ssize(load.load) == std::int64_t{load.layers} * load.experts,
            "the shape of the loads");
}
void check(const RoutingSnapshot& routing) {
    require(routing.layers >= 0 && routing.layers <= most_layers && routing.active >= 0 &&
                routing.active <= most_layers,
            "the shape of a routing");
    const auto choices = std::int64_t{routing.layers} * routing.active * std::ssize(routing.tokens);
    require(std::ssize(routing.expert) == choices && std::ssize(routing.probability) == choices,
            "the shape of a routing");
    const auto is_expert = [&routing](int expert) { return expert >= -1 && expert < routing.experts; };
    require(std::ranges::all_of(routing.expert, is_expert), "a token's expert");
}
void check(const LayerStatus& status) {
    require(status.layer >= 0 && status.layer < most_layers, "its layer");
}
void check(const auto&) {}

template <typename T>
T decoded(std::span<const std::byte> bytes) {
    T event;
    ArchiveReader archive(bytes);
    fields(archive, event);
    archive.finish();
    check(event);
    return event;
}
template <typename Picture>
std::shared_ptr<const Picture> decoded_picture(std::span<const std::byte> bytes) {
    return std::make_shared<const Picture>(decoded<Picture>(bytes));
}

// In the order of Payload.
constexpr std::array kinds{
    EventKind::started, EventKind::progress,   EventKind::log,     EventKind::finished, EventKind::failed,
    EventKind::stopped, EventKind::checkpoint, EventKind::plan,    EventKind::sinkhorn, EventKind::load,
    EventKind::routing, EventKind::step,       EventKind::quality, EventKind::layer};
static_assert(kinds.size() == std::variant_size_v<Payload>);

}  // namespace

EventKind kind_of(const Payload& payload) {
    return kinds[payload.index()];
}

std::vector<std::byte> encode(const Payload& payload) {
    ArchiveWriter archive;
    std::visit(
        [&archive](const auto& event) {
            if constexpr (requires { *event; })
                fields(archive, *event);
            else
                fields(archive, event);
        },
        payload);
    return archive.take();
}

Payload decode(EventKind kind, std::span<const std::byte> bytes) {
    switch (kind) {
        case EventKind::started:
            return decoded<Started>(bytes);
        case EventKind::progress:
            return decoded<Progress>(bytes);
        case EventKind::log:
            return decoded<LogLine>(bytes);
        case EventKind::finished:
            return decoded<Finished>(bytes);
        case EventKind::failed:
            return decoded<Failed>(bytes);
        case EventKind::stopped:
            return decoded<Stopped>(bytes);
        case EventKind::checkpoint:
            return decoded<CheckpointSaved>(bytes);
        case EventKind::plan:
            return decoded_picture<PlanSnapshot>(bytes);
        case EventKind::sinkhorn:
            return decoded_picture<SinkhornSnapshot>(bytes);
        case EventKind::load:
            return decoded_picture<LoadSnapshot>(bytes);
        case EventKind::routing:
            return decoded_picture<RoutingSnapshot>(bytes);
        case EventKind::step:
            return decoded<TrainingStep>(bytes);
        case EventKind::quality:
            return decoded<QualitySnapshot>(bytes);
        case EventKind::layer:
            return decoded<LayerStatus>(bytes);
    }
    fail("an event of an unknown kind");
}

}  // namespace dotmoe
