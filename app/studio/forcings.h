// Experts that the user forced on or off for tokens of the routed text, undoable.
#pragma once

#include <QObject>
#include <QUndoStack>
#include <vector>

#include "experts/forcing.h"
#include "widgets/expert_map.h"

namespace dotmoe::studio {

class Forcings : public QObject {
    Q_OBJECT

  public:
    explicit Forcings(QObject* parent = nullptr);

    /// At most one for a token, layer and expert, in the order they were made.
    const std::vector<Forcing>& all() const { return m_all; }
    std::vector<ExpertMark> marks(int token) const;
    QUndoStack& history() { return m_history; }

    /// Takes the place of an earlier one of the same expert. What changes nothing is no step of the history.
    void force(const Forcing& forcing);
    /// Leaves it to the router.
    void free(const Forcing& forcing);
    void clear();
    /// Another text or model: nothing is forced, and there is nothing to undo.
    void forget();

  signals:
    void changed();

  private:
    class Change;
    void set(const std::vector<Forcing>& forcings);
    void push(std::vector<Forcing> after, const QString& text);

    std::vector<Forcing> m_all;
    QUndoStack m_history;
};

}  // namespace dotmoe::studio
