#include "app/studio/routing_trial.h"

#include "pipeline/routing_questions.h"

namespace dotmoe::studio {
namespace {

constexpr std::int64_t continuation_tokens = 40;

}  // namespace

RoutingTrial::RoutingTrial(std::shared_ptr<OpenedModels> models, QObject* parent)
    : QObject(parent), m_models(std::move(models)) {
    connect(&m_job, &StoppableJob::busyChanged, this, &RoutingTrial::busyChanged);
    connect(&m_job, &StoppableJob::failed, this, [this](const QString& reason) {
        m_missing = {};  // it would fail again
        emit failed(reason);
    });
}

void RoutingTrial::setConversion(const std::filesystem::path& folder) {
    m_job.stop();
    m_folder = folder;
    beginAnew();
}

void RoutingTrial::setText(const QString& text) {
    if (text.toStdString() == m_text) return;
    m_text = text.toStdString();
    beginAnew();
}

void RoutingTrial::beginAnew() {
    m_token = m_blamed = -1;
    m_forcings.clear();
    m_missing = {};
    want(Answers(routing) | divergence);
}

void RoutingTrial::setToken(int selected) {
    if (selected == m_token) return;
    m_token = selected;
    m_missing.setFlag(token, false);
    m_missing.setFlag(blame, false);
    if (selected >= 0) want(token);
    wantBlame();
}

void RoutingTrial::setForcings(const std::vector<Forcing>& forcings) {
    if (forcings == m_forcings) return;
    const bool first = m_forcings.empty();
    m_forcings = forcings;
    Answers answers(effect);
    if (m_token >= 0) answers |= token;
    if (!forcings.empty()) answers |= forcedText;
    if (first) answers |= routedText;
    if (forcings.empty()) m_missing.setFlag(forcedText, false);
    want(answers);
}

void RoutingTrial::setBlaming(bool wanted) {
    if (wanted == m_blaming) return;
    m_blaming = wanted;
    m_missing.setFlag(blame, false);
    wantBlame();
}

void RoutingTrial::wantBlame() {
    if (m_blaming && m_token >= 0 && m_token != m_blamed) want(blame);
}

void RoutingTrial::want(Answers answers) {
    m_missing |= answers;
    if (m_folder.empty() || m_text.empty()) return m_job.stop();
    const Question question{m_text, m_token, m_forcings, m_missing};
    m_job.begin([this, folder = m_folder, question](const Asked& asked) {
        answer(question, *m_models->of(folder), asked);
    });
}

void RoutingTrial::tell(const Asked& asked, Answer which, std::function<void()> what) {
    m_job.tell(asked, [this, which, what = std::move(what)] {
        m_missing.setFlag(which, false);
        what();
    });
    asked->poll();
}

void RoutingTrial::answer(const Question& question, const TriedModels& models, const Asked& asked) {
    const auto& model = models.converted;
    const auto wanted = [&](Answer which) { return question.wanted.testFlag(which); };
    if (wanted(routing))
        tell(asked, routing, [this, found = std::make_shared<RoutingSnapshot>(model.route(question.text))] {
            emit routed(found);
        });
    if (wanted(token))
        tell(asked, token,
             [this, found = std::make_shared<TokenRouting>(
                        route_token(model, {question.text, question.forcings}, question.token))] {
                 emit tokenRouted(found);
             });
    if (wanted(effect)) {
        const auto found = question.forcings.empty()
                               ? ForcingEffect{}
                               : effect_of_forcings(model, {question.text, question.forcings});
        tell(asked, effect, [this, found] { emit effectMeasured(found); });
    }
    if (wanted(divergence))
        tell(asked, divergence,
             [this, found = token_divergences(model, question.text)] { emit divergenceMeasured(found); });
    if (wanted(routedText)) continueText(Side::routed, question, models, asked);
    if (wanted(forcedText)) continueText(Side::forced, question, models, asked);
    if (wanted(blame))
        tell(asked, blame, [this, found = blame_layers(model, question.text, question.token, *asked)] {
            m_blamed = found.token;
            emit blamed(found);
        });
}

void RoutingTrial::continueText(Side side, const Question& question, const TriedModels& models,
                                const Asked& asked) {
    GenerateRequest request{.prompt = question.text, .max_new_tokens = continuation_tokens};
    if (side == Side::forced) request.forcings = question.forcings;
    m_job.tell(asked, [this, side] { emit continuationBegun(side); });
    models.converted.generate(request, [&](std::string_view piece) {
        asked->poll();
        m_job.tell(asked, [this, side, text = QString::fromUtf8(piece.data(), std::ssize(piece))] {
            emit textGrew(side, text);
        });
        return true;
    });
    tell(asked, side == Side::routed ? routedText : forcedText, [] {});
}

}  // namespace dotmoe::studio
