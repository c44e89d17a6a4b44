// What is forced, and how the text goes on with it and without it.
#pragma once

#include <QWidget>
#include <array>

#include "app/studio/routing_trial.h"

class QAction;
class QLabel;
class QListWidget;
class QPlainTextEdit;

namespace dotmoe::studio {

class ContinuationPanel : public QWidget {
    Q_OBJECT

  public:
    /// `clear` empties the list.
    explicit ContinuationPanel(QAction* clear, QWidget* parent = nullptr);

    /// `tokens`: those of the text, to name them by.
    void setForcings(const std::vector<Forcing>& forcings, const std::vector<std::string>& tokens);
    void begin(RoutingTrial::Side side);
    void append(RoutingTrial::Side side, const QString& piece);

  signals:
    /// Delete was pressed on it.
    void freeWanted(const dotmoe::Forcing& forcing);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QPlainTextEdit* page(RoutingTrial::Side side) { return m_pages[static_cast<std::size_t>(side)]; }
    /// Underlines where the two go apart.
    void markDifference();

    std::vector<Forcing> m_forcings;
    QLabel* m_hint;
    QListWidget* m_list;
    std::array<QPlainTextEdit*, 2> m_pages{};
};

}  // namespace dotmoe::studio
