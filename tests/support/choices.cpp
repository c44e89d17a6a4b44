// choices MODEL TASK COUNT: the log-likelihoods that the dense model gives the choices of a task's first
// questions, as JSON on stdout.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "evaluate/multiple_choice.h"
#include "model/load.h"
#include "support/probe.h"

namespace dotmoe::probe {
namespace {

const Command command("choices", "MODEL TASK COUNT", [](const Arguments& arguments) {
    const auto model = load_model(arguments[0], exact_compute(DeviceChoice::cpu));
    const Transformer transformer(model->config, model->weights);
    const auto questions = read_questions(arguments[1], std::stoll(arguments[2]));
    const auto scores = score_questions(transformer, transformer.dense(), *model->tokenizer, questions);
    const auto answers = judge_answers(questions, scores);
    fmt::print("{}\n", nlohmann::json{{"scores", scores},
                                      {"acc", answers.accuracy},
                                      {"acc_norm", answers.normalised},
                                      {"acc_stderr", answers.accuracy_stderr}}
                           .dump());
});

}  // namespace
}  // namespace dotmoe::probe
