// The routed text asked of a conversion in the background: its routing, what forced experts change, and which
// layer a token's distance from the dense model comes from.
#pragma once

#include <QFlags>
#include <QObject>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/studio/opened_models.h"
#include "app/studio/stoppable_job.h"
#include "events/snapshot.h"
#include "events/token_routing.h"
#include "experts/forcing.h"

namespace dotmoe::studio {

/// What an answer depends on is set; the answers that are out of date are then worked out, the quickest
/// first, and told one by one. A change in between stops the work and goes on with what is still wanted.
class RoutingTrial : public QObject {
    Q_OBJECT

  public:
    enum class Side { routed, forced };
    Q_ENUM(Side)

    explicit RoutingTrial(std::shared_ptr<OpenedModels> models, QObject* parent = nullptr);

    /// The folder of a conversion; empty: nothing is asked.
    void setConversion(const std::filesystem::path& folder);
    bool hasConversion() const { return !m_folder.empty(); }
    void setText(const QString& text);
    /// -1: none.
    void setToken(int token);
    void setForcings(const std::vector<Forcing>& forcings);
    /// Whether the token's layers are wanted: they take a forward pass each.
    void setBlaming(bool wanted);

  signals:
    void busyChanged(bool busy);
    void failed(const QString& reason);
    void routed(const std::shared_ptr<const dotmoe::RoutingSnapshot>& routing);
    /// KL to the dense model of each token.
    void divergenceMeasured(const std::vector<double>& kl);
    void tokenRouted(const std::shared_ptr<const dotmoe::TokenRouting>& routing);
    /// Empty without forcings.
    void effectMeasured(const dotmoe::ForcingEffect& effect);
    /// A continuation begins anew.
    void continuationBegun(dotmoe::studio::RoutingTrial::Side side);
    void textGrew(dotmoe::studio::RoutingTrial::Side side, const QString& piece);
    void blamed(const dotmoe::LayerBlame& blame);

  private:
    enum Answer : unsigned {
        routing = 1,
        token = 2,
        effect = 4,
        divergence = 8,
        routedText = 16,
        forcedText = 32,
        blame = 64
    };
    using Answers = QFlags<Answer>;
    struct Question {
        std::string text;
        int token;
        std::vector<Forcing> forcings;
        Answers wanted;
    };
    using Asked = StoppableJob::Asked;

    /// Another text or conversion: nothing is known of it.
    void beginAnew();
    void want(Answers answers);
    void wantBlame();
    void answer(const Question& question, const TriedModels& models, const Asked& asked);
    void continueText(Side side, const Question& question, const TriedModels& models, const Asked& asked);
    /// From the worker: an answer and how it is told.
    void tell(const Asked& asked, Answer which, std::function<void()> what);

    std::filesystem::path m_folder;
    std::string m_text;
    int m_token = -1;
    std::vector<Forcing> m_forcings;
    bool m_blaming = false;
    int m_blamed = -1;  ///< the token whose layers are known
    Answers m_missing;
    std::shared_ptr<OpenedModels> m_models;
    StoppableJob m_job;  // last: joined before what it uses goes
};

}  // namespace dotmoe::studio
