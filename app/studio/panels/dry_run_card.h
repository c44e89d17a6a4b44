// What a conversion will cost, and afterwards what it did cost.
#pragma once

#include <QFrame>
#include <array>
#include <optional>

#include "pipeline/inspect.h"
#include "pipeline/metrics.h"

class QLabel;

namespace dotmoe::studio {

class DryRunCard : public QFrame {
    Q_OBJECT

  public:
    explicit DryRunCard(QWidget* parent = nullptr);

    /// Nothing: still being worked out, or no layout that could be.
    void showEstimate(const std::optional<CostEstimate>& estimate);
    void showActual(const Metrics& metrics);
    void clearActual();

  private:
    enum Row { memory, time, disk, text, neurons, parameters, rows };

    std::array<QLabel*, rows> m_predicted{}, m_actual{};
};

}  // namespace dotmoe::studio
