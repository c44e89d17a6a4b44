#include "tests/widgets/samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace dotmoe::samples {

std::shared_ptr<PlanSnapshot> plan(int neurons, int columns, bool sharedColumn, int sharedNeurons) {
    auto result = std::make_shared<PlanSnapshot>();
    result->stage = Stage::layerwise;
    result->step = 6;
    result->layer = 15;
    result->neurons = neurons;
    result->columns = columns;
    result->shared_column = sharedColumn;
    result->temperature = 0.25;
    result->soft_hard_gap = 0.31;
    const int routed = columns - (sharedColumn ? 1 : 0);
    for (int neuron = 0; neuron < neurons; ++neuron) {
        const bool isShared = neuron < sharedNeurons;
        result->owner.push_back(isShared ? 0 : (neuron - sharedNeurons) % routed + (sharedColumn ? 1 : 0));
    }
    std::mt19937 random(7);
    std::ranges::shuffle(result->owner, random);
    result->capacity.assign(static_cast<std::size_t>(columns), (neurons - sharedNeurons) / routed);
    if (sharedColumn) result->capacity[0] = sharedNeurons;

    std::uniform_real_distribution<float> share(0.2F, 0.95F), rest(0, 1);
    for (const std::int32_t owner : result->owner) {
        std::vector<float> row(static_cast<std::size_t>(columns));
        float sum = 0;
        for (float& mass : row) sum += mass = std::pow(rest(random), 8.0F);
        sum -= row[static_cast<std::size_t>(owner)];
        const float own = share(random);
        for (float& mass : row) mass *= (1 - own) / sum;
        row[static_cast<std::size_t>(owner)] = own;
        result->margin.push_back(own);
        result->soft.insert(result->soft.end(), row.begin(), row.end());
    }
    return result;
}

std::shared_ptr<LoadSnapshot> load(int layers, int experts) {
    auto result = std::make_shared<LoadSnapshot>();
    result->stage = Stage::distillation;
    result->step = 30;
    result->layers = layers;
    result->experts = experts;
    for (int layer = 0; layer < layers; ++layer) {
        for (int expert = 0; expert < experts; ++expert) {
            const auto wave = static_cast<float>(1 + 0.7 * std::sin(expert * 1.7 + layer));
            result->load.push_back(expert == 3 ? 0 : expert == 5 ? 2.75F : wave);
        }
    }
    return result;
}

std::shared_ptr<ExpertProfile> profile(int layer, int experts) {
    constexpr int dead = 3;
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    auto result = std::make_shared<ExpertProfile>();
    result->layer = layer;
    result->layers = 30;
    result->experts = experts;
    result->active = 2;
    result->domains = {"novels", "code", "manuals"};
    result->domain_tokens = {100, 200, 300};
    result->domains_entropy = 1.459;
    result->load_entropy = 3.5;
    result->router_entropy = 2.25;
    result->load = load(1, experts)->load;
    for (int a = 0; a < experts; ++a) {
        result->tokens.push_back(a == dead ? 0 : 10 + a);
        result->domain_entropy.push_back(a == dead ? none : 0.01F * static_cast<float>(a));
        for (int b = 0; b < experts; ++b)
            result->correlation.push_back(a == dead || b == dead ? none
                                          : a == b
                                              ? 1
                                              : static_cast<float>(std::pow(0.9, std::abs(a - b)) - 0.3));
        auto& top = result->top.emplace_back();
        for (int rank = 0; rank < 3 && a != dead; ++rank)
            top.push_back({"what stands before ", "token" + std::to_string(a), " and\nafter", (a + rank) % 3,
                           0.9F - 0.1F * static_cast<float>(rank)});
    }
    for (int domain = 0; domain < 3; ++domain)
        for (int expert = 0; expert < experts; ++expert) {
            // sum_d p(d) affinity = 1
            const float size = static_cast<float>(expert % 3 + 1) / 6;
            const float rest = (1 - 1.5F * size) / (1 - size);
            result->affinity.push_back(expert == dead ? none : domain == expert % 3 ? 1.5F : rest);
        }
    return result;
}

std::shared_ptr<SinkhornSnapshot> solve(int iterations) {
    auto result = std::make_shared<SinkhornSnapshot>();
    result->layer = 15;
    result->step = 6;
    result->temperature = 0.25;
    for (int i = 0; i < iterations; ++i) {
        result->row_residual.push_back(static_cast<float>(0.5 * std::pow(0.75, i)));
        result->column_residual.push_back(static_cast<float>(12 * std::pow(0.8, i)));
    }
    result->converged = true;
    return result;
}

std::shared_ptr<RoutingSnapshot> routing(std::vector<std::string> tokens, int layers, int active,
                                         int experts) {
    auto result = std::make_shared<RoutingSnapshot>();
    for (const std::string& token : tokens) result->text += token;
    result->tokens = std::move(tokens);
    result->layers = layers;
    result->active = active;
    result->experts = experts;
    for (int layer = 0; layer < layers; ++layer) {
        for (int token = 0; token < static_cast<int>(result->tokens.size()); ++token) {
            for (int rank = 0; rank < active; ++rank) {
                result->expert.push_back(layer + 1 == layers ? -1
                                                             : (5 * token + 3 * layer + 11 * rank) % experts);
                result->probability.push_back(0.5F / static_cast<float>(1 << rank));
            }
        }
    }
    return result;
}

std::vector<std::string> sentence() {
    return {"Opt",     "imal",   " transport", " deals", " each",   " neuron", " to",   " an",
            " expert", ";",      "\n",         "no",     " expert", " gets",   " more", " than",
            " its",    " share", ".",          "\n",     "Grüße",   ",",       " Ω",    " ≈",
            " 3",      ".",      "1",          "4",      " ",       "\t",      "for",   " (",
            "int",     " i",     " =",         " ",      "0",       ";",       " i",    " <",
            " n",      ";",      " ++",        "i",      ")",       " {",      "}",     "\xEF\xBF\xBD"};
}

}  // namespace dotmoe::samples
