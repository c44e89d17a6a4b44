#include "app/studio/panels/dry_run_card.h"

#include <QGridLayout>
#include <QLabel>

#include "app/studio/figures.h"

namespace dotmoe::studio {
namespace {

const QString unknown = QStringLiteral("–");

QLabel* heading(const QString& text) {
    auto* label = new QLabel(text);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QLabel* figure(const QString& accessible) {
    auto* label = new QLabel(unknown);
    label->setAccessibleName(accessible);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

}  // namespace

DryRunCard::DryRunCard(QWidget* parent) : QFrame(parent) {
    setObjectName("dryRun");
    setAccessibleName(tr("Predicted cost"));
    setFrameShape(QFrame::StyledPanel);
    const std::array<QString, rows> names{tr("Memory"),      tr("Time"),           tr("Disk"),
                                          tr("Text needed"), tr("Active neurons"), tr("Active parameters")};
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(8, 6, 8, 6);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(2);
    grid->addWidget(heading(tr("predicted")), 0, 1, Qt::AlignRight);
    grid->addWidget(heading(tr("actual")), 0, 2, Qt::AlignRight);
    for (std::size_t row = 0; row < rows; ++row) {
        m_predicted[row] = figure(tr("%1, predicted").arg(names[row]));
        m_actual[row] = figure(tr("%1, actual").arg(names[row]));
        const auto line = static_cast<int>(row) + 1;
        grid->addWidget(new QLabel(names[row]), line, 0);
        grid->addWidget(m_predicted[row], line, 1);
        grid->addWidget(m_actual[row], line, 2);
    }
    grid->setColumnStretch(0, 1);
}

void DryRunCard::showEstimate(const std::optional<CostEstimate>& estimate) {
    for (auto* label : m_predicted) label->setText(unknown);
    if (!estimate) return;
    m_predicted[memory]->setText(bytes_text(static_cast<double>(estimate->memory_bytes)));
    m_predicted[time]->setText(duration_text(estimate->seconds));
    m_predicted[disk]->setText(bytes_text(static_cast<double>(estimate->disk_bytes)));
    m_predicted[text]->setText(tr("%1 tokens").arg(count_text(static_cast<double>(estimate->train_tokens))));
    m_predicted[neurons]->setText(share_text(estimate->active_neuron_share));
    m_predicted[parameters]->setText(count_text(estimate->active_parameters));
}

void DryRunCard::showActual(const Metrics& metrics) {
    m_actual[memory]->setText(bytes_text(static_cast<double>(metrics.peak_memory_bytes)));
    m_actual[time]->setText(duration_text(metrics.seconds));
    m_actual[neurons]->setText(share_text(metrics.active_neuron_share));
    m_actual[parameters]->setText(count_text(metrics.active_parameters));
}

void DryRunCard::clearActual() {
    for (auto* label : m_actual) label->setText(unknown);
}

}  // namespace dotmoe::studio
