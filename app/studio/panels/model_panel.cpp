#include "app/studio/panels/model_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include "app/studio/figures.h"
#include "app/studio/theme.h"

namespace dotmoe::studio {
namespace {

/// Colours the badge from the view's own palette, so that it follows the theme.
class BadgeDelegate : public QStyledItemDelegate {
  public:
    BadgeDelegate(const LayerModel& layers, QObject* parent)
        : QStyledItemDelegate(parent), m_layers(layers) {}

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        option->palette.setColor(QPalette::Text, colour(m_layers.status(index.row()).state, option->palette));
    }

  private:
    static QColor colour(LayerState state, const QPalette& palette) {
        switch (state) {
            case LayerState::dense:
                return quiet_colour(palette);
            case LayerState::aligning:
                return busy_colour(palette);
            case LayerState::done:
                return good_colour(palette);
            case LayerState::refused:
                return bad_colour(palette);
        }
        return palette.color(QPalette::Text);
    }

    const LayerModel& m_layers;
};

QTableView* layer_table(LayerModel* layers, QWidget* parent) {
    auto* table = new QTableView(parent);
    table->setObjectName("layers");
    table->setAccessibleName(QObject::tr("Layers"));
    table->setModel(layers);
    table->setItemDelegateForColumn(LayerModel::badge, new BadgeDelegate(*layers, table));
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setTabKeyNavigation(false);
    table->setWordWrap(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(LayerModel::badge, QHeaderView::Stretch);
    return table;
}

QString facts_text(const ModelSummary& model) {
    const auto& config = model.config;
    return ModelPanel::tr("%1, %2\n%3 parameters, %4 in FFNs\n%5 layers · D %6 · N %7 · V %8")
        .arg(QString::fromStdString(config.architecture), QString::fromStdString(model.format),
             count_text(static_cast<double>(model.parameters)),
             count_text(static_cast<double>(model.ffn_parameters)))
        .arg(config.layers)
        .arg(config.width)
        .arg(config.neurons)
        .arg(config.vocabulary);
}

}  // namespace

ModelPanel::ModelPanel(QWidget* parent)
    : QWidget(parent), m_name(new QLabel), m_facts(new QLabel), m_layers(new LayerModel(this)) {
    m_table = layer_table(m_layers, this);
    auto font = m_name->font();
    font.setBold(true);
    m_name->setFont(font);
    m_name->setObjectName("modelName");
    m_facts->setObjectName("modelFacts");
    for (auto* label : {m_name, m_facts}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(m_name);
    column->addWidget(m_facts);
    column->addWidget(m_table, 1);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (!current.isValid()) return;
                emit layerSelected(current.row());
                if (!m_programmatic) emit layerChosen();
            });
    // The one that was selected already is chosen by a click too, and no selection tells of it.
    m_table->viewport()->installEventFilter(this);
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& clicked) {
        if (clicked.row() == m_selectedAtPress) emit layerChosen();
    });
    showNoModel();
}

void ModelPanel::showModel(const ModelSummary& model) {
    m_name->setText(QString::fromStdString(model.path.filename().string()));
    m_name->setToolTip(QString::fromStdString(model.path.string()));
    m_facts->setText(facts_text(model));
    m_layers->reset(static_cast<int>(model.config.layers));
    selectLayer(0);
}

void ModelPanel::showRecording(const std::filesystem::path& path, const Started& run) {
    m_name->setText(QString::fromStdString(path.filename().string()));
    m_name->setToolTip(QString::fromStdString(path.string()));
    m_facts->setText(
        tr("Recording of %1\nrecipe %2\n%3 layers · D %4 · N %5\n%6 experts, %7 active, %8 shared")
            .arg(QString::fromStdString(std::filesystem::path(run.model).filename().string()),
                 QString::fromStdString(run.recipe))
            .arg(run.layers)
            .arg(run.width)
            .arg(run.neurons)
            .arg(run.experts)
            .arg(run.active)
            .arg(run.shared));
    m_layers->reset(run.layers);
    selectLayer(0);
}

void ModelPanel::showNoModel() {
    m_name->setText(tr("No model"));
    m_name->setToolTip({});
    m_facts->setText(
        tr("Open a GGUF file, the config.json of a Hugging Face folder or a recording, or drop one on the "
           "window."));
    m_layers->reset(0);
}

void ModelPanel::selectLayer(int layer) {
    if (layer < 0 || layer >= m_layers->rowCount()) return;
    m_programmatic = true;
    m_table->selectRow(layer);
    m_programmatic = false;
}

bool ModelPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::MouseButtonPress) m_selectedAtPress = selectedLayer();
    return QWidget::eventFilter(watched, event);
}

int ModelPanel::selectedLayer() const {
    return m_table->currentIndex().row();
}

}  // namespace dotmoe::studio
