#include "export/model_card.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/files.h"
#include "base/paths.h"
#include "base/system.h"
#include "model/stored_model.h"

namespace dotmoe {
namespace {

// Front matter is YAML, and these strings come from a model file.
std::string yaml_word(const std::string& text) {
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), plain) ? text : "";
}

std::string one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
    return text;
}

std::string front_matter(const ModelCard& card) {
    const auto license = yaml_word(card.license);
    return "---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [mixture-of-experts, "
           "dot-moe]\n" +
           (license.empty() ? "" : "license: " + license + "\n") + "---\n";
}

constexpr std::string_view use_in_transformers =
    "## Use\n\n```python\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
    "tokenizer = AutoTokenizer.from_pretrained(\".\")\nmodel = "
    "AutoModelForCausalLM.from_pretrained(\".\")\n"
    "tokens = tokenizer(\"The capital of France is\", return_tensors=\"pt\")\n"
    "print(tokenizer.decode(model.generate(**tokens, max_new_tokens=20)[0]))\n```\n\n"
    "`receipt.json`, where present, holds the hashes of these files and their comparison with the source "
    "(`dotmoe verify`).\n\n";

constexpr std::string_view use_in_llama_cpp =
    "## Use\n\n```\nllama-cli -m FILE.gguf -p \"The capital of France is\" -n 20\n```\n\n"
    "`FILE.gguf.receipt.json`, where present, holds the file's hash and its comparison with the source "
    "(`dotmoe verify`).\n\n";

std::string_view number_name(NumberFormat numbers) {
    constexpr std::string_view names[] = {"F32", "F16", "BF16", "Q8_0", "Q4_K"};
    return names[static_cast<std::size_t>(numbers)];
}

std::string weight_note(const ExportPlan& plan) {
    const auto [low, high] = std::minmax_element(plan.router_factor.begin(), plan.router_factor.end());
    const auto power = [](double factor) { return std::lround(std::log2(factor)); };
    if (plan.exact && *high == 1)
        return "Routers are as they were trained: they weigh the selected experts as the conversion does.";
    if (plan.exact)
        return fmt::format(
            "Routers are scaled by 2^{}: every selected expert weighs exactly 1/k. They need fp32 or bf16 "
            "(fp16 would round them to nothing).",
            power(*high));
    return fmt::format("Routers are scaled by 2^{} to 2^{}: selected experts weigh 1/k within about 0.2 %.",
                       power(*low), power(*high));
}

/// How the neurons were dealt.
std::string_view manner(Method method) {
    switch (method) {
        case Method::transport:
            return "by balanced optimal transport";
        case Method::random:
            return "at random";
        case Method::contiguous:
            return "in runs of neighbours";
        case Method::weights:
            return "by balanced clusters of their gate weights";
        case Method::activations:
            return "by balanced clusters of their activations";
        case Method::pruning:
            return "by their energy";
        case Method::peer:
            return "one by one to a grid of product keys (PEER)";
    }
    return {};
}

std::string fate_of_weights(const Project& project) {
    if (project.weights_sha256.empty())
        return "no neuron's weights were changed, and all experts on give back the dense model";
    const auto& recover = project.recipe.recover;
    std::vector<std::string> fates;
    if (recover.fit_windows > 0 && recover.fit_split)
        fates.emplace_back("each layer was split and routed once more, behind layers already fitted");
    if (recover.fit_windows > 0)
        fates.emplace_back("its output projections were fitted to what the experts leave");
    if (recover.steps > 0)
        fates.push_back(fmt::format("all weights but the embeddings went on learning from it for {} steps",
                                    recover.steps));
    return fmt::format("then {}", fmt::join(fates, ", and "));
}

}  // namespace

ModelCard read_model_card(const std::filesystem::path& source, const std::filesystem::path& project) {
    const auto stored = open_stored_model(source);
    ModelCard card{one_line(stored->title()), stored->license(), std::nullopt};
    const auto path = project / "metrics.json";
    if (!std::filesystem::exists(path)) return card;
    try {
        card.metrics = nlohmann::json::parse(read_text_file(path)).get<Metrics>();
    } catch (const nlohmann::json::exception& error) {
        fail("{}: is damaged: {}; run dotmoe eval again, or remove it", path.string(), error.what());
    }
    return card;
}

std::string model_card_text(const ModelCard& card, const Project& project, const Model& model,
                            const ExportPlan& plan) {
    const auto& layout = plan.layout;
    const auto neurons = model.config.neurons;
    std::string text = front_matter(card);
    text += fmt::format("# {} as a mixture of experts\n\n",
                        card.name.empty() ? name_of_model(model.path) : card.name);
    text += fmt::format(
        "Made by DOT-MoE Studio {} (recipe `{}`, seed {}) from `{}` (SHA-256 `{}`). The neurons of every "
        "feed-forward layer were dealt to experts {} and routers were trained to pick them; {}.\n\n",
        version(), project.recipe.name, project.recipe.seed, project.source.filename().string(),
        project.source_sha256, manner(project.recipe.method), fate_of_weights(project));
    text += fmt::format(
        "| | |\n|---|---|\n| architecture | `{}` ({}) |\n| numbers | {}; routers, norms F32 |\n| layers | {} "
        "|\n| experts a layer | {} of {} neurons |\n"
        "| active a token | {} |\n| shared neurons | {} |\n| FFN neurons active | {:.1f} % |\n\n",
        plan.architecture->class_name, plan.reason, number_name(plan.numbers), model.config.layers,
        layout.experts, layout.capacity(neurons), layout.active, layout.shared,
        100 * layout.active_share(neurons));
    text += weight_note(plan) + "\n\n";
    if (card.metrics) text += "## Held-out quality\n\n```\n" + format_table(*card.metrics) + "```\n\n";
    text += plan.architecture->format == ExportFormat::gguf ? use_in_llama_cpp : use_in_transformers;
    text += "## Recipe\n\n```toml\n" + to_toml(project.recipe) + "```\n";
    return text;
}

}  // namespace dotmoe
