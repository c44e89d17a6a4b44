#include "pipeline/answer_tasks.h"

#include <fmt/format.h>

#include "base/error.h"
#include "evaluate/multiple_choice.h"
#include "experts/masked_ffn.h"
#include "model/load.h"
#include "pipeline/converted_model.h"
#include "pipeline/progress_events.h"

namespace dotmoe {
namespace {

std::string percent(double share, double standard_error) {
    return fmt::format("{:.1f} ± {:.1f} %", 100 * share, 100 * standard_error);
}

std::string columns(const Answers& answers) {
    return fmt::format("  {:>15} {:>15}", percent(answers.accuracy, answers.accuracy_stderr),
                       percent(answers.normalised, answers.normalised_stderr));
}

double chance_of(const std::vector<Question>& questions) {
    double sum = 0;
    for (const auto& question : questions) sum += 1 / static_cast<double>(question.choices.size());
    return sum / static_cast<double>(questions.size());
}

}  // namespace

std::vector<TaskFigures> answer_tasks(const ConvertedModel& model,
                                      const std::vector<std::filesystem::path>& folders,
                                      std::int64_t questions, EventSink& events) {
    if (folders.empty()) fail_usage("no task is given: name a folder with a requests.jsonl");
    std::vector<std::vector<Question>> tasks;
    for (const auto& folder : folders) tasks.push_back(read_questions(folder, questions));

    const auto& dense = *model.model();
    const Transformer transformer(dense.config, dense.weights);
    std::vector<TaskFigures> figures;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const auto& task = tasks[i];
        const auto name = std::filesystem::canonical(folders[i]).filename().string();
        const auto answers = [&](const char* which, const FeedForward& ffn) {
            const auto progress =
                progress_of(events, fmt::format("{}, {}", name, which), "questions", std::ssize(task));
            return judge_answers(task, score_questions(transformer, ffn, *dense.tokenizer, task, progress));
        };
        figures.push_back(
            {name, std::ssize(task), chance_of(task), answers("dense", transformer.dense()), {}});
        if (model.converted())
            figures.back().converted =
                answers("converted", converted_feed_forward(dense.weights, *model.experts()));
    }
    return figures;
}

void to_json(nlohmann::json& json, const Answers& answers) {
    json = {{"acc", answers.accuracy},
            {"acc_stderr", answers.accuracy_stderr},
            {"acc_norm", answers.normalised},
            {"acc_norm_stderr", answers.normalised_stderr}};
}

void to_json(nlohmann::json& json, const TaskFigures& figures) {
    json = {{"task", figures.task},
            {"questions", figures.questions},
            {"chance", figures.chance},
            {"dense", figures.dense}};
    if (figures.converted) json["converted"] = *figures.converted;
}

std::string format_table(const std::vector<TaskFigures>& tasks) {
    const bool converted = !tasks.empty() && tasks[0].converted;
    auto text = fmt::format("{:<20} {:>9} {:>8}  {:>15} {:>15}", "task", "questions", "chance", "dense: acc",
                            "acc_norm");
    if (converted) text += fmt::format("  {:>15} {:>15}", "converted: acc", "acc_norm");
    text += '\n';
    for (const auto& task : tasks) {
        text += fmt::format("{:<20} {:>9} {:>6.1f} %", task.task, task.questions, 100 * task.chance) +
                columns(task.dense);
        if (task.converted) text += columns(*task.converted);
        text += '\n';
    }
    return text;
}

}  // namespace dotmoe
