#include "app/studio/panels/dry_run_card.h"

#include <QGridLayout>
#include <QLabel>
#include <QStringList>
#include <QToolButton>

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

/// "load 3 s, judge 40 s, ..."
QString phases_text(const CostEstimate& estimate) {
    QStringList phases;
    for (const auto& cost : estimate.phases) {
        const auto name = name_of(cost.phase);
        phases << DryRunCard::tr("%1 %2").arg(QString::fromUtf8(name.data(), std::ssize(name)),
                                              duration_text(cost.seconds()));
    }
    return phases.join(QStringLiteral(", "));
}

}  // namespace

DryRunCard::DryRunCard(QAction* measure, QWidget* parent)
    : QFrame(parent), m_heading(heading(tr("predicted"))), m_note(new QLabel) {
    setObjectName("dryRun");
    setAccessibleName(tr("Predicted cost"));
    setFrameShape(QFrame::StyledPanel);
    const std::array<QString, rows> names{tr("Memory"),      tr("Time"),           tr("Disk"),
                                          tr("Text needed"), tr("Active neurons"), tr("Active parameters")};
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(8, 6, 8, 6);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(2);
    m_heading->setObjectName("predictedHeading");
    grid->addWidget(m_heading, 0, 1, Qt::AlignRight);
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
    auto* button = new QToolButton;
    button->setObjectName("measureButton");
    button->setDefaultAction(measure);
    button->setFocusPolicy(Qt::StrongFocus);
    grid->addWidget(button, 0, 0, Qt::AlignLeft);
    m_note->setObjectName("measureNote");
    m_note->setAccessibleName(tr("Measurement"));
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setWordWrap(true);
    m_note->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_note->setMinimumHeight(3 * m_note->fontMetrics().lineSpacing());  // what is below stays where it is
    grid->addWidget(m_note, rows + 1, 0, 1, 3);
}

void DryRunCard::showEstimate(const std::optional<CostEstimate>& estimate) {
    for (auto* label : m_predicted) label->setText(unknown);
    const bool measured = estimate && estimate->probe;
    m_heading->setText(measured ? tr("measured") : tr("predicted"));
    m_phases = measured ? phases_text(*estimate) : QString();
    showNote();
    if (!estimate) return;
    m_predicted[memory]->setText(bytes_text(static_cast<double>(estimate->memory_bytes)));
    m_predicted[time]->setText(duration_text(estimate->seconds()));
    m_predicted[disk]->setText(bytes_text(static_cast<double>(estimate->disk_bytes)));
    m_predicted[text]->setText(tr("%1 tokens").arg(count_text(static_cast<double>(estimate->train_tokens))));
    m_predicted[neurons]->setText(share_text(estimate->active_neuron_share));
    m_predicted[parameters]->setText(count_text(estimate->active_parameters));
}

void DryRunCard::showProgress(const QString& how_far) {
    m_progress = how_far;
    showNote();
}

void DryRunCard::showNote() {
    m_note->setText(m_progress.isEmpty() ? m_phases : m_progress);
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
