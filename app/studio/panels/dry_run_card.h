// What a conversion will cost, and afterwards what it did cost.
#pragma once

#include <QFrame>
#include <array>
#include <optional>

#include "pipeline/inspect.h"
#include "pipeline/metrics.h"

class QAction;
class QLabel;

namespace dotmoe::studio {

class DryRunCard : public QFrame {
    Q_OBJECT

  public:
    /// `measure` has a button here.
    explicit DryRunCard(QAction* measure, QWidget* parent = nullptr);

    /// Nothing: still being worked out, or no layout that could be. One that was measured says so, and what
    /// each phase takes.
    void showEstimate(const std::optional<CostEstimate>& estimate);
    /// While it is measured; empty: not any more.
    void showProgress(const QString& how_far);
    void showActual(const Metrics& metrics);
    void clearActual();

  private:
    void showNote();

    enum Row { memory, time, disk, text, neurons, parameters, rows };

    std::array<QLabel*, rows> m_predicted{}, m_actual{};
    QLabel *m_heading, *m_note;
    QString m_phases, m_progress;  ///< the note: the latter while there is one
};

}  // namespace dotmoe::studio
