#include "experts/masked_ffn.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "experts/router.h"

namespace dotmoe {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// [1 R] with the always-on column of the shared neurons, where there is one: [T, columns].
at::Tensor column_mask(const at::Tensor& routed, const Layout& layout) {
    if (layout.shared == 0) return routed;
    return at::cat({at::ones({routed.size(0), 1}, routed.options()), routed}, 1);
}

/// R M^T [T, N] with M one-hot: a column of R for each neuron, in the weights' format.
at::Tensor neuron_mask(const at::Tensor& columns, const at::Tensor& owner, at::ScalarType dtype) {
    return columns.index_select(1, owner).to(dtype);
}

at::Tensor one_hot(const at::Tensor& owner, std::int64_t columns, const at::TensorOptions& options) {
    return at::zeros({owner.size(0), columns}, options).scatter_(1, owner.unsqueeze(1), 1);
}

at::Tensor activation_backward(const at::Tensor& gradient, const at::Tensor& g, Activation activation) {
    return activation == Activation::silu ? at::silu_backward(gradient, g)
                                          : at::gelu_backward(gradient, g, "tanh");
}

/// Tensors saved for backward, in this order.
enum Saved { kInput, kGateInput, kUpOutput, kColumns, kOwner, kGate, kUp, kDown };
/// Tensors that apply() takes, in this order: those that may want a gradient.
enum Wanted { kX, kRouted, kSoftPlan, kGateWeight, kUpWeight, kDownWeight };

// y = (H * (R M^T)) W_down^T. With KeptForBackward::products G = X W_gate^T and X W_up^T are kept, [T, N]
// each: backward then recomputes H by one pass over memory instead of two matrix products.
class MaskedFeedForward : public torch::autograd::Function<MaskedFeedForward> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& routed,
                              const at::Tensor& /*soft_plan*/, const at::Tensor& gate, const at::Tensor& up,
                              const at::Tensor& down, const at::Tensor& owner, const Layout& layout,
                              Activation activation, KeptForBackward kept) {
        const auto g = at::linear(x, gate), u = at::linear(x, up);
        const auto columns = column_mask(routed, layout);
        const bool trained = gate.requires_grad();  // the three are trained together, or none is
        const bool again = kept == KeptForBackward::input;
        const at::Tensor none;
        context->save_for_backward({trained || again ? x : none, again ? none : g, again ? none : u, columns,
                                    owner, gate, up, down});
        context->saved_data["trained"] = trained;
        context->saved_data["first_routed"] = layout.first_routed();
        context->saved_data["activation"] = static_cast<std::int64_t>(activation);
        const auto h = activated(g, activation).mul_(u);
        return at::linear(h * neuron_mask(columns, owner, h.scalar_type()), down);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[kInput], &columns = saved[kColumns], &owner = saved[kOwner];
        const auto product = [&](Saved kept, Saved weight) {
            return saved[kept].defined() ? saved[kept] : at::linear(x, saved[weight]);
        };
        const auto g = product(kGateInput, kGate), u = product(kUpOutput, kUp);
        const auto d_masked = at::matmul(gradients[0], saved[kDown]);  // dY W_down [T, N]
        const auto activation = static_cast<Activation>(context->saved_data["activation"].toInt());
        const auto a = activated(g, activation);
        variable_list result(10);
        if (context->needs_input_grad(kRouted) || context->needs_input_grad(kSoftPlan)) {
            const auto through_mask = (d_masked * a).mul_(u).to(columns.scalar_type());  // U [T, N]
            if (context->needs_input_grad(kRouted)) {
                const auto membership = one_hot(owner, columns.size(1), columns.options());
                const auto d_columns = at::matmul(through_mask, membership);  // dR = U M
                const auto first = context->saved_data["first_routed"].toInt();
                result[kRouted] = d_columns.narrow(1, first, columns.size(1) - first);
            }
            if (context->needs_input_grad(kSoftPlan))
                result[kSoftPlan] = at::matmul(through_mask.t(), columns);  // dP = U^T R
        }
        const bool trained = context->saved_data["trained"].toBool();
        if (!context->needs_input_grad(kX) && !trained) return result;
        const auto mask = neuron_mask(columns, owner, d_masked.scalar_type());
        if (trained) result[kDownWeight] = at::matmul(gradients[0].t(), (a * u).mul_(mask));
        const auto d_h = d_masked * mask;
        const auto d_gate = activation_backward(d_h * u, g, activation),
                   d_up = d_h * a;  // of the two products
        if (context->needs_input_grad(kX))
            result[kX] = at::matmul(d_gate, saved[kGate]).addmm_(d_up, saved[kUp]);
        if (trained) {
            result[kGateWeight] = at::matmul(d_gate.t(), x);
            result[kUpWeight] = at::matmul(d_up.t(), x);
        }
        return result;
    }
};

}  // namespace

at::Tensor masked_feed_forward(const at::Tensor& x, const LayerWeights& layer, const Layout& layout,
                               const at::Tensor& owner, const at::Tensor& routed, const at::Tensor& soft_plan,
                               KeptForBackward kept) {
    const auto tokens = x.reshape({-1, x.size(-1)});
    // Autograd takes no undefined tensor as an input of a node.
    const auto plan = soft_plan.defined() ? soft_plan : at::empty({0}, routed.options());
    const auto y =
        MaskedFeedForward::apply(tokens, routed.reshape({-1, routed.size(-1)}), plan, layer.gate, layer.up,
                                 layer.down, owner.to(x.device()), layout, layer.activation, kept);
    return y.view(x.sizes());
}

at::Tensor masked_neuron_outputs(const at::Tensor& x, const LayerWeights& weights, const ExpertSet& experts,
                                 std::int64_t layer) {
    const at::NoGradGuard no_grad;
    const auto& [owner, router] = experts.layers.at(static_cast<std::size_t>(layer));
    const auto routed = route(x.flatten(0, -2), router.to(x.device()), experts.layout).weights;
    const auto h = neuron_outputs(x, weights);
    const auto mask = neuron_mask(column_mask(routed, experts.layout), owner.to(x.device()), h.scalar_type());
    return h * mask.view(h.sizes());
}

}  // namespace dotmoe
