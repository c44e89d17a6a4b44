#include "export/export_tensors.h"

#include <algorithm>

#include "base/error.h"
#include "export/rope_scaling.h"
#include "formats/number_format.h"
#include "model/weight_table.h"

namespace dotmoe {
namespace {

using Neurons = std::vector<at::Tensor>;
/// A layer, read when it is asked for.
using Layer = std::function<const LayerWeights&()>;

at::Tensor rows(const at::Tensor& matrix, const at::Tensor& neurons) {
    return matrix.index_select(0, neurons);
}

at::Tensor columns(const at::Tensor& matrix, const at::Tensor& neurons) {
    return matrix.index_select(1, neurons);
}

// Gate rows, then up rows.
at::Tensor gate_and_up(const LayerWeights& layer, const at::Tensor& neurons) {
    return at::cat({rows(layer.gate, neurons), rows(layer.up, neurons)});
}

at::Tensor stacked(const Neurons& experts, const std::function<at::Tensor(const at::Tensor&)>& part) {
    std::vector<at::Tensor> parts;
    for (const auto& neurons : experts) parts.push_back(part(neurons));
    return at::stack(parts);
}

/// The tensors of one export, in the order in which they are added.
class Assembly {
  public:
    Assembly(const Model& model, const ExpertSet& experts, const ExportPlan& plan)
        : model_(model), experts_(experts), plan_(plan), names_(plan.architecture->names) {}

    std::vector<ExportTensor> assembled() {
        add(names_.embedding, model_.weights.embedding);
        if (!names_.rope_factors.empty() && !linear_scaling(model_.config))
            add(names_.rope_factors, at::tensor(model_.config.rope_divisors, at::kFloat));
        for (std::size_t l = 0; l < experts_.layers.size(); ++l) {
            prefix_ = fmt::format(fmt::runtime(names_.layer), l);
            layer_ = [weights = model_.weights, l]() -> const LayerWeights& {
                return weights.layer(static_cast<std::int64_t>(l));
            };
            auto neurons = neurons_of_columns(experts_.layers[l].owner, plan_.layout);
            add_attention();
            add_router(experts_.layers[l].router, plan_.router_factor[l]);
            if (!names_.shared.gate.empty()) add_shared(neurons);
            neurons.erase(neurons.begin(), neurons.begin() + plan_.layout.first_routed());
            add_experts(neurons);
        }
        prefix_.clear();
        add(names_.norm, model_.weights.norm);
        // Tied models have no head in the file; every runtime ties it.
        if (!model_.config.tied_embeddings) add(names_.head, model_.weights.head);
        return std::move(tensors_);
    }

  private:
    void add(std::string_view name, std::vector<std::int64_t> shape, std::function<at::Tensor()> make,
             bool full_precision = false) {
        tensors_.push_back({prefix_ + std::string(name), std::move(shape), full_precision, std::move(make)});
    }
    void add(std::string_view name, const at::Tensor& tensor) {
        add(
            name, tensor.sizes().vec(), [tensor] { return tensor; }, tensor.dim() == 1);
    }

    void add(std::string_view name, at::Tensor LayerWeights::*field) {
        const auto& shape = shape_of(field);
        add(
            name, shape, [layer = layer_, field] { return layer().*field; }, shape.size() == 1);
    }
    const std::vector<std::int64_t>& shape_of(at::Tensor LayerWeights::*field) const {
        return std::ranges::find(table_, field, &LayerTensor::field)->shape;
    }

    /// Rows of q or k, or their biases.
    void add_rotary(std::string_view name, at::Tensor LayerWeights::*field) {
        if (!plan_.architecture->interleaved_rotary) return add(name, field);
        const auto& shape = shape_of(field);
        add(
            name, shape,
            [layer = layer_, field, width = model_.config.head_width] {
                const auto& tensor = layer().*field;
                const auto rows = tensor.dim() == 1 ? tensor.unsqueeze(1) : tensor;
                return half_split_to_interleaved(rows, width).view(tensor.sizes());
            },
            shape.size() == 1);
    }

    void add_attention() {
        using W = LayerWeights;
        add(names_.attention_norm, &W::attention_norm);
        add_rotary(names_.query, &W::query);
        add_rotary(names_.key, &W::key);
        add(names_.value, &W::value);
        add(names_.output, &W::output);
        add(names_.ffn_norm, &W::ffn_norm);
        if (model_.config.qkv_bias) {
            add_rotary(names_.query_bias, &W::query_bias);
            add_rotary(names_.key_bias, &W::key_bias);
            add(names_.value_bias, &W::value_bias);
            if (plan_.architecture->bias == AttentionBias::optional_with_output)
                add(names_.output_bias, at::zeros({model_.config.width}));
        }
        if (model_.config.qk_norm) {
            add(names_.query_norm, &W::query_norm);
            add(names_.key_norm, &W::key_norm);
        }
    }

    // f W_r^T [E, D]
    void add_router(const at::Tensor& router, double factor) {
        const auto count = plan_.layout.experts;
        add(
            names_.router, {count, router.size(0)}, [router, factor] { return router.t() * factor; }, true);
        if (!names_.selection_bias.empty()) add(names_.selection_bias, at::zeros({count}));
    }

    /// Filled up by zeros where the architecture wants more of them than there are: neurons that say nothing.
    void add_shared(const Neurons& of_columns) {
        const auto width = model_.config.width, capacity = plan_.layout.capacity(model_.config.neurons);
        const auto shared = plan_.layout.shared > 0 ? of_columns.front() : at::empty({0}, at::kLong);
        const auto count = shared_width(*plan_.architecture, plan_.layout.shared, capacity);
        const auto missing = count - shared.numel();
        const double factor = names_.shared_gate.empty() ? 1.0 : 2.0;
        if (names_.shared.up.empty()) {
            add(names_.shared.gate, {2 * count, width},
                [layer = layer_, shared] { return gate_and_up(layer(), shared); });
        } else {
            const auto filled = [=](const at::Tensor& matrix) {
                return at::constant_pad_nd(rows(matrix, shared), {0, 0, 0, missing});
            };
            add(names_.shared.gate, {count, width}, [=, layer = layer_] { return filled(layer().gate); });
            add(names_.shared.up, {count, width}, [=, layer = layer_] { return filled(layer().up); });
        }
        add(names_.shared.down, {width, count}, [=, layer = layer_] {
            return at::constant_pad_nd(columns(layer().down, shared), {0, missing}) * factor;
        });
        if (!names_.shared_gate.empty()) add(names_.shared_gate, at::zeros({1, width}));
    }

    void add_experts(const Neurons& experts) {
        const auto count = std::ssize(experts), width = model_.config.width,
                   capacity = experts.front().numel();
        // The softmax weighs the chosen by 1/k each; this k makes them count whole.
        const double k = plan_.architecture->factor == RoutedFactor::down_projections
                             ? static_cast<double>(plan_.layout.active)
                             : 1.0;
        const auto layer = layer_;
        const auto down = [=](const at::Tensor& neurons) { return columns(layer().down, neurons) * k; };
        const auto gate = [=](const at::Tensor& neurons) { return rows(layer().gate, neurons); };
        const auto up = [=](const at::Tensor& neurons) { return rows(layer().up, neurons); };
        const auto both = [=](const at::Tensor& neurons) { return gate_and_up(layer(), neurons); };
        switch (plan_.architecture->packing) {
            case Packing::apart:
                for (std::size_t e = 0; e < experts.size(); ++e) {
                    const auto one = [&](std::string_view name, std::vector<std::int64_t> shape, auto part) {
                        add(fmt::format(fmt::runtime(name), e), std::move(shape),
                            [part, neurons = experts[e]] { return part(neurons); });
                    };
                    one(names_.experts.gate, {capacity, width}, gate);
                    one(names_.experts.up, {capacity, width}, up);
                    one(names_.experts.down, {width, capacity}, down);
                }
                return;
            case Packing::stacked:
                add(names_.experts.gate, {count, capacity, width}, [=] { return stacked(experts, gate); });
                add(names_.experts.up, {count, capacity, width}, [=] { return stacked(experts, up); });
                break;
            case Packing::fused:
                add(names_.experts.gate, {count, 2 * capacity, width},
                    [=] { return stacked(experts, both); });
                break;
        }
        add(names_.experts.down, {count, width, capacity}, [=] { return stacked(experts, down); });
    }

    const Model& model_;
    const ExpertSet& experts_;
    const ExportPlan& plan_;
    const TensorNames& names_;
    const std::vector<LayerTensor> table_ = layer_tensors(model_.config);
    std::string prefix_;
    Layer layer_;  ///< that is added now
    std::vector<ExportTensor> tensors_;
};

/// The type asked for, then what takes its place where rows do not divide into its blocks.
std::vector<gguf::TensorType> types_of(NumberFormat numbers) {
    using enum gguf::TensorType;
    switch (numbers) {
        case NumberFormat::f32:
            return {F32};
        case NumberFormat::f16:
            return {F16};
        case NumberFormat::bf16:
            return {BF16};
        case NumberFormat::q8_0:
            return {Q8_0, F16};
        case NumberFormat::q4_k:
            return {Q4_K, Q8_0, F16};
    }
    return {};
}

}  // namespace

std::vector<ExportTensor> export_tensors(const Model& model, const ExpertSet& experts,
                                         const ExportPlan& plan) {
    return Assembly(model, experts, plan).assembled();
}

gguf::TensorType stored_type(const ExportTensor& tensor, NumberFormat numbers) {
    if (tensor.full_precision) return gguf::TensorType::F32;
    for (const auto type : types_of(numbers))
        if (rows_divide(type, tensor.shape.back())) return type;
    fail("{}: rows of {} cannot be written", tensor.name, tensor.shape.back());
}

}  // namespace dotmoe
