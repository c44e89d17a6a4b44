#include "pipeline/answer_tasks.h"

#include <fmt/format.h>

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

std::vector<Task> read_tasks(const std::vector<std::filesystem::path>& folders, std::int64_t questions) {
    std::vector<Task> tasks;
    for (const auto& folder : folders) {
        auto read = read_questions(folder, questions);  // first: it says what is wrong with the folder
        tasks.push_back({std::filesystem::canonical(folder).filename().string(), std::move(read)});
    }
    return tasks;
}

std::vector<TaskFigures> answer_tasks(const ConvertedModel& model, const std::vector<Task>& tasks,
                                      EventSink& events, RunControl& control,
                                      const std::vector<Answers>& dense) {
    std::vector<TaskFigures> figures;
    for (const auto& task : tasks) {
        const auto& asked = task.questions;
        const auto answers = [&](const char* which, const Model& asked_model, const FeedForward& ffn) {
            const auto progress =
                progress_of(events, fmt::format("{}, {}", task.name, which), "questions", std::ssize(asked));
            const Transformer transformer(asked_model.config, asked_model.weights);
            const auto scores = score_questions(transformer, ffn ? ffn : transformer.dense(),
                                                *asked_model.tokenizer, asked, [&](std::int64_t done) {
                                                    control.poll();
                                                    progress(done);
                                                });
            return judge_answers(asked, scores);
        };
        auto& found =
            figures.emplace_back(TaskFigures{task.name, std::ssize(asked), chance_of(asked), {}, {}});
        found.dense = dense.empty() ? answers("dense", *model.dense(), {}) : dense.at(figures.size() - 1);
        if (model.converted())
            found.converted = answers("converted", *model.model(),
                                      converted_feed_forward(model.model()->weights, *model.experts()));
    }
    return figures;
}

void to_json(nlohmann::json& json, const Answers& answers) {
    json = {{"acc", answers.accuracy},
            {"acc_stderr", answers.accuracy_stderr},
            {"acc_norm", answers.normalised},
            {"acc_norm_stderr", answers.normalised_stderr}};
}

void from_json(const nlohmann::json& json, Answers& answers) {
    json.at("acc").get_to(answers.accuracy);
    json.at("acc_stderr").get_to(answers.accuracy_stderr);
    json.at("acc_norm").get_to(answers.normalised);
    json.at("acc_norm_stderr").get_to(answers.normalised_stderr);
}

void to_json(nlohmann::json& json, const TaskFigures& figures) {
    json = {{"task", figures.task},
            {"questions", figures.questions},
            {"chance", figures.chance},
            {"dense", figures.dense}};
    if (figures.converted) json["converted"] = *figures.converted;
}

void from_json(const nlohmann::json& json, TaskFigures& figures) {
    json.at("task").get_to(figures.task);
    json.at("questions").get_to(figures.questions);
    json.at("chance").get_to(figures.chance);
    json.at("dense").get_to(figures.dense);
    if (json.contains("converted")) figures.converted = json.at("converted").get<Answers>();
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
