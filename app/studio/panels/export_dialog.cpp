#include "app/studio/panels/export_dialog.h"

#include <fmt/format.h>

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFormLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include "app/studio/panels/paths_edit.h"
#include "base/paths.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

QComboBox* add_choice(QFormLayout* form, const char* name, const QString& label) {
    auto* box = new QComboBox;
    box->setObjectName(QString::fromLatin1(name));
    box->setAccessibleName(label);
    form->addRow(label, box);
    return box;
}

/// Why nothing can be written there, for people; empty where it can.
QString problem_with(const fs::path& out, ExportFormat format) {
    std::error_code ignored;
    if (out.empty()) return ExportDialog::tr("Name a place to write to.");
    if (!fs::exists(out, ignored)) return {};
    if (format == ExportFormat::gguf) return ExportDialog::tr("This file is there already.");
    return fs::is_empty(out, ignored) ? QString() : ExportDialog::tr("This folder is there and not empty.");
}

}  // namespace

ExportDialog::ExportDialog(Exporter& exporter, QWidget* parent)
    : QDialog(parent),
      m_exporter(exporter),
      m_source(new QLabel),
      m_out(new PathsEdit(PathsEdit::Choose::folder, tr("Write to"))),
      m_problem(new QLabel),
      m_progress(new QProgressBar),
      m_form(new QWidget) {
    setObjectName("exportDialog");
    setWindowTitle(tr("Export"));
    auto* form = new QFormLayout(m_form);
    form->setContentsMargins(0, 0, 0, 0);
    m_source->setObjectName("exportSource");
    m_source->setTextFormat(Qt::PlainText);
    m_source->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    form->addRow(tr("Conversion"), m_source);
    m_format = add_choice(form, "exportFormat", tr("Format"));
    m_format->addItem(tr("Hugging Face folder, for transformers"),
                      static_cast<int>(ExportFormat::huggingface));
    m_format->addItem(tr("GGUF file, for llama.cpp"), static_cast<int>(ExportFormat::gguf));
    m_numbers = add_choice(form, "exportNumbers", tr("Numbers"));
    m_numbers->setToolTip(tr("What matrices are stored as; routers stay F32"));
    m_out->setObjectName("exportOut");
    form->addRow(tr("Write to"), m_out);
    m_problem->setObjectName("exportProblem");
    m_problem->setTextFormat(Qt::PlainText);
    m_progress->setObjectName("exportProgress");
    m_progress->setAccessibleName(tr("Progress of the export"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_export = buttons->addButton(tr("&Export"), QDialogButtonBox::ActionRole);
    m_stop = buttons->addButton(tr("&Stop"), QDialogButtonBox::ActionRole);
    m_export->setObjectName("exportButton");
    m_export->setDefault(true);
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_form);
    column->addWidget(m_problem);
    column->addWidget(m_progress);
    column->addWidget(buttons);
    setMinimumWidth(30 * fontMetrics().averageCharWidth() + 260);

    connect(buttons, &QDialogButtonBox::rejected, this, &QWidget::hide);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::fillNumbers);
    connect(m_numbers, &QComboBox::currentIndexChanged, this, &ExportDialog::propose);
    connect(m_out, &PathsEdit::changed, this, &ExportDialog::recheck);
    connect(m_export, &QPushButton::clicked, this, [this] { m_exporter.start(request()); });
    connect(m_stop, &QPushButton::clicked, &m_exporter, &Exporter::stop);
    connect(&m_exporter, &Exporter::busyChanged, this, &ExportDialog::showBusy);
    connect(&m_exporter, &Exporter::progressed, this, &ExportDialog::showProgress);
    connect(&m_exporter, &Exporter::finished, this, &QWidget::hide);
    fillNumbers();
    showBusy(false);
}

void ExportDialog::setConversion(const fs::path& folder) {
    m_conversion = folder;
    m_source->setText(QString::fromStdString(folder.string()));
    propose();
}

void ExportDialog::fillNumbers() {
    const auto before = m_numbers->currentText();
    const QSignalBlocker quiet(m_numbers);
    m_numbers->clear();
    for (const auto& [name, numbers] : {std::pair{"F32", NumberFormat::f32},
                                        {"F16", NumberFormat::f16},
                                        {"BF16", NumberFormat::bf16},
                                        {"Q8_0", NumberFormat::q8_0},
                                        {"Q4_K", NumberFormat::q4_k}})
        if (!in_blocks(numbers) || format() == ExportFormat::gguf)
            m_numbers->addItem(QString::fromLatin1(name), static_cast<int>(numbers));
    m_numbers->setCurrentIndex(std::max(0, m_numbers->findText(before)));
    propose();
}

ExportFormat ExportDialog::format() const {
    return static_cast<ExportFormat>(m_format->currentData().toInt());
}

fs::path ExportDialog::proposal() const {
    return fmt::format("{}-{}{}", without_trailing_slash(m_conversion).string(),
                       m_numbers->currentText().toLower().toStdString(),
                       format() == ExportFormat::gguf ? ".gguf" : "-export");
}

void ExportDialog::propose() {
    const auto now = m_out->paths();
    if (now.isEmpty() || now.front() == m_proposed) {  // what was typed stays
        m_proposed = QString::fromStdString(proposal().string());
        m_out->setPaths({m_proposed});
    }
    recheck();
}

ExportRequest ExportDialog::request() const {
    const auto named = m_out->paths();
    fs::path out(named.isEmpty() ? std::string() : QDir::toNativeSeparators(named.front()).toStdString());
    std::error_code ignored;
    if (format() == ExportFormat::gguf && fs::is_directory(out, ignored)) out /= proposal().filename();
    return {.project = m_conversion,
            .source = {},
            .out = out,
            .format = format(),
            .numbers = static_cast<NumberFormat>(m_numbers->currentData().toInt())};
}

void ExportDialog::recheck() {
    const auto wanted = request();
    const auto problem = problem_with(wanted.out, wanted.format);
    m_problem->setText(problem);
    m_export->setEnabled(problem.isEmpty() && !m_exporter.isBusy());
}

void ExportDialog::showBusy(bool busy) {
    m_form->setEnabled(!busy);
    m_stop->setEnabled(busy);
    m_progress->setRange(0, busy ? 0 : 1);
    m_progress->setFormat(busy ? tr("loading the model") : QString());
    m_progress->reset();
    recheck();
}

void ExportDialog::showProgress(const Progress& progress) {
    m_progress->setRange(0, static_cast<int>(progress.total));
    m_progress->setValue(static_cast<int>(progress.done));
    m_progress->setFormat(
        QStringLiteral("%1: %v/%m %2")
            .arg(QString::fromStdString(progress.phase), QString::fromStdString(progress.unit)));
}

}  // namespace dotmoe::studio
